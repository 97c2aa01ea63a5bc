/// How reports look.
///
/// The colours of lines are those that Okabe and Ito chose for people who tell few colours apart (<https://jfly.uni-koeln.de/color/>), darker on
/// paper where they would be faint; lines have different dashes, too.
enum ReportStyle {
  /// The style sheet.
  static let sheet = """

    :root {
      color-scheme: light dark;
    \(light)
    }
    @media (prefers-color-scheme: dark) {
      :root {
    \(dark)
      }
    }
    \(page)
    \(charts)
    @media (max-width: 640px) {
      main, footer { padding-left: 16px; padding-right: 16px; }
      h1 { font-size: 1.5rem; }
      .scroll svg.chart { min-width: 700px; }
    }
    @media print {
      :root {
        color-scheme: light;
    \(light)
      }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      @page { margin: 15mm; }
      body { font-size: 10.5pt; }
      main, footer { max-width: none; padding: 0; }
      figure, table, tr, .facts div, .notes, .legend, .meanings { break-inside: avoid; }
      h2, h3, figcaption, caption { break-after: avoid; }
      .scroll { overflow: visible; }
      .pair { grid-template-columns: 1fr 1fr; gap: 0 24px; }
      h2 { margin-top: 28px; }
      figure { margin-bottom: 18px; }
      .tips { display: none; }
    }

    """

  private static let light = """
      --paper: #ffffff; --ink: #1f2429; --muted: #5c6670; --rule: #dfe3e8; --grid: #eceff2; --soft: #f5f7f9;
      --model: #0072b2; --alarm: #d55e00; --look1: #c77700; --look2: #00825f; --look3: #b0477f;
      --look4: #6b7580; --look5: #d55e00; --look6: #2e8fc4; --look7: #8a6d00; --band: 0.3; --wide: 0.15;
    """

  private static let dark = """
      --paper: #14181c; --ink: #e4e8ec; --muted: #9aa5b0; --rule: #333b43; --grid: #242b32; --soft: #1c2227;
      --model: #56b4e9; --alarm: #ff8a47; --look1: #e69f00; --look2: #2fc49a; --look3: #e08fbb;
      --look4: #98a3ae; --look5: #ff8a47; --look6: #8ccdf2; --look7: #f0e442; --band: 0.36; --wide: 0.18;
    """

  private static let page = """
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--paper); color: var(--ink);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
    }
    main, footer { max-width: 960px; margin: 0 auto; padding: 40px 24px 0; }
    footer { padding-top: 24px; padding-bottom: 32px; color: var(--muted); font-size: 0.8125rem; }
    h1 { font-size: 1.875rem; line-height: 1.2; letter-spacing: -0.01em; margin: 0 0 12px; }
    h2 {
      font-size: 1.25rem; line-height: 1.3; margin: 44px 0 16px; padding-top: 16px;
      border-top: 1px solid var(--rule);
    }
    h3 { font-size: 1rem; line-height: 1.4; margin: 0; display: inline; }
    h1, h3, dd, th, td, li, p { overflow-wrap: anywhere; }
    p { margin: 0 0 8px; max-width: 50em; }
    .verdict { font-size: 1.1875rem; line-height: 1.45; margin-bottom: 12px; }
    .facts {
      display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 12px 24px;
      margin: 24px 0 0; padding: 16px 20px; background: var(--soft); border-radius: 8px;
    }
    .facts .long { grid-column: 1 / -1; }
    dt { color: var(--muted); font-size: 0.8125rem; }
    dd { margin: 0; }
    code { font: 0.875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
    .notes {
      margin: 16px 0 0; padding: 12px 20px; border-left: 4px solid var(--look1); background: var(--soft);
      border-radius: 0 8px 8px 0;
    }
    .notes ul { margin: 0; padding-left: 1.1em; }
    .notes li + li { margin-top: 4px; }
    .legend {
      display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0 0 16px; padding: 0; list-style: none;
      color: var(--muted); font-size: 0.875rem;
    }
    .legend li { display: flex; align-items: center; gap: 8px; }
    .key { width: 28px; height: 14px; flex: none; }
    figure { margin: 0 0 28px; }
    figcaption { margin-bottom: 6px; }
    .remark { color: var(--muted); font-size: 0.875rem; margin-left: 10px; }
    .pair { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); gap: 0 32px; }
    .pair figure { display: flex; flex-direction: column; justify-content: space-between; }
    .pair figcaption .remark { display: block; margin: 2px 0 0; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
    caption { text-align: left; font-weight: 600; padding-bottom: 6px; }
    th, td { padding: 7px 0 7px 20px; text-align: right; border-bottom: 1px solid var(--rule); }
    th:first-child { padding-left: 0; text-align: left; }
    th { font-weight: 400; }
    thead th { color: var(--muted); font-size: 0.8125rem; white-space: nowrap; vertical-align: bottom; }
    tbody th { min-width: 8em; }
    td { white-space: nowrap; }
    .model th { color: var(--model); font-weight: 600; }
    strong { font-weight: 700; }
    .scores .other { color: var(--muted); }
    .scores .other strong { color: var(--ink); }
    .meanings { color: var(--muted); font-size: 0.8125rem; margin-top: 12px; max-width: none; }
    .meanings b { font-weight: 600; color: var(--ink); }
    """

  private static let charts = """
    .chart { display: block; width: 100%; height: auto; overflow: visible; }
    .label { font-size: 12px; fill: var(--muted); font-variant-numeric: tabular-nums; }
    .label.model { fill: var(--model); font-weight: 600; }
    .grid { stroke: var(--grid); stroke-width: 1; }
    .base { stroke: var(--muted); stroke-width: 1; fill: none; }
    .history, .median, .curve {
      fill: none; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke;
    }
    .history { stroke: var(--ink); stroke-width: 1.4; }
    .history.dense { stroke-width: 0.8; stroke-opacity: 0.8; }
    .median { stroke: var(--model); stroke-width: 2.2; }
    .median.past { stroke-width: 1.6; }
    .dots { stroke-width: 5; vector-effect: none; }
    .band { fill: var(--model); fill-opacity: var(--band); }
    .band.wide { fill-opacity: var(--wide); }
    .origin { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 2 4; }
    .origin.now { stroke: var(--model); stroke-dasharray: none; }
    .anomaly { fill: none; stroke: var(--alarm); stroke-width: 2.2; pointer-events: all; }
    .tips { fill: var(--ink); fill-opacity: 0; }
    .tips rect:hover { fill-opacity: 0.1; }
    .curve { stroke-width: 1.8; }
    .curve.model { stroke: var(--model); stroke-width: 2.8; }
    .curve.many { stroke-width: 1.4; stroke-opacity: 0.6; }
    .place { fill: var(--paper); stroke-width: 2; }
    .place.model { fill: var(--model); stroke: var(--model); }
    .diagonal { stroke: var(--muted); stroke-width: 1.2; stroke-dasharray: 5 5; }
    .leader { stroke: var(--muted); stroke-width: 1; stroke-opacity: 0.45; }
    \(looks)
    """

  private static let looks = zip(
    1..., ["7 4", "2 4", "10 4 2 4", "none", "5 3", "1 3 6 3", "12 5"]
  ).map { index, dashes in
    """
    .curve.look\(index), .place.look\(index) { stroke: var(--look\(index)); }
    .curve.look\(index) { stroke-dasharray: \(dashes); }
    .label.look\(index) { fill: var(--look\(index)); }
    """
  }.joined(separator: "\n")
}
