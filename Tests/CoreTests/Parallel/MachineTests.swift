import RondoCore
import Testing

struct MachineTests {
  @Test func nonsenseIsNamed() {
    #expect(throws: MachineError.unknownInstructionSet("avx9")) {
      try Machine.configure(environment: ["RONDO_ISA": "avx9"])
    }
    for text in ["", "0", "-2", "two", "1.5", "1025"] {
      #expect(throws: MachineError.threadCount(text)) {
        try Machine.configure(environment: ["RONDO_THREADS": text])
      }
    }
    #expect("\(MachineError.unknownInstructionSet("avx9"))".contains("avx512, avx2, neon, portable"))
    #expect("\(MachineError.threadCount("two"))".contains("from 1 to 1024"))
  }

  @Test func anInstructionSetOfAnotherProcessorIsRefused() {
    #if arch(x86_64)
    let other = "neon"
    #else
    let other = "avx2"
    #endif
    #expect(throws: MachineError.instructionSetMissing(other)) {
      try Machine.configure(environment: ["RONDO_ISA": other])
    }
  }

  @Test func theEnvironmentIsObeyed() async {
    await #expect(processExitsWith: .success) {
      try Machine.configure(environment: ["RONDO_ISA": "portable", "RONDO_THREADS": "3"])
      #expect(Machine.instructionSet == "portable")
      #expect(Parallel.limit == 3)
      _ = Builder(seed: 1).finish()
      #expect(Parallel.threadCount == 3)
    }
  }

  @Test func affinityMasksAreCounted() {
    #expect(
      Machine.allowedProcessors(
        status: "Name:\tx\nCpus_allowed:\t00000000,0000000b\nCpus_allowed_list:\t0-1,3\n") == 3)
    #expect(Machine.allowedProcessors(status: "Name:\tx\n") == nil)
  }

  @Test func quotasOfControlGroupsAreFound() {
    func quota(_ memberships: String, _ files: [String: String]) -> Int? {
      Machine.cgroupQuota(memberships: memberships) { files[$0] }
    }
    let unified = "0::/user/job\n"
    #expect(quota(unified, ["/sys/fs/cgroup/user/job/cpu.max": "250000 100000\n"]) == 2)
    #expect(quota(unified, ["/sys/fs/cgroup/user/job/cpu.max": "max 100000\n"]) == nil)
    #expect(quota(unified, ["/sys/fs/cgroup/user/cpu.max": "50000 100000\n"]) == 1)
    #expect(
      quota(
        unified,
        ["/sys/fs/cgroup/user/job/cpu.max": "400000 100000", "/sys/fs/cgroup/cpu.max": "300000 100000"]) == 3)
    let separate = "5:memory:/a\n4:cpu,cpuacct:/docker/b\n"
    #expect(
      quota(
        separate,
        [
          "/sys/fs/cgroup/cpu/docker/b/cpu.cfs_quota_us": "150000\n",
          "/sys/fs/cgroup/cpu/docker/b/cpu.cfs_period_us": "50000\n",
        ]) == 3)
    #expect(
      quota(
        separate,
        [
          "/sys/fs/cgroup/cpu/docker/b/cpu.cfs_quota_us": "-1\n",
          "/sys/fs/cgroup/cpu/docker/b/cpu.cfs_period_us": "100000\n",
        ]) == nil)
    #expect(quota("", [:]) == nil)
  }
}
