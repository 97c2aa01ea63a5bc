// The folder's first file replaces this one.
