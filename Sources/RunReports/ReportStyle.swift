/// The style sheet of a page.
enum ReportStyle {
  static let sheet: StaticString = """
    :root { color-scheme: light dark; --page: #f6f7f9; --card: #ffffff; --ink: #1b2027; --soft: #5d6673; --line: #e2e5ea;
      --grid: #eceef2; --bar: #d3d9e1; --band: #f6f7f9;
      --s0: #0072b2; --s1: #d55e00; --s2: #009e73; --s3: #b8588c; --s4: #b57f00; --s5: #6c5fc7;
      --h0: #f4f6f8; --h1: #e3edf5; --h2: #c9deee; --h3: #a7cbe4; --h4: #7fb2d6; --h5: #5596c4; --h6: #3179ae;
      --h7: #175c92; --h8: #073f70; }
    @media (prefers-color-scheme: dark) { :root { --page: #12151a; --card: #1a1e25; --ink: #e8ebf0; --soft: #9aa4b2;
      --line: #2b313b; --grid: #272d36; --bar: #3b4450; --band: #1f242c;
      --s0: #56b4e9; --s1: #f28c4b; --s2: #3ccf9f; --s3: #e69bc4; --s4: #e9bc4d; --s5: #a79cf5;
      --h0: #20252d; --h1: #1d3446; --h2: #1c445f; --h3: #1c567b; --h4: #216b98; --h5: #3583b4; --h6: #56a0cd;
      --h7: #86c0e3; --h8: #c6e4f6; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.5; font-size: 15px;
      font-family: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", Arial, sans-serif;
      font-variant-numeric: tabular-nums; -webkit-font-smoothing: antialiased; }
    main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 64px; }
    header { margin: 0 4px 28px; }
    h1 { font-size: 28px; line-height: 1.2; letter-spacing: -0.015em; margin: 0 0 6px; font-weight: 680; }
    .subtitle { margin: 0; color: var(--soft); font-size: 16px; max-width: 46em; }
    dl { display: flex; flex-wrap: wrap; gap: 6px 28px; margin: 18px 0 0; }
    dt { color: var(--soft); font-size: 12px; } dd { margin: 0; font-weight: 560; }
    section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 24px 28px 26px;
      margin: 0 0 20px; break-inside: avoid; }
    h2 { font-size: 18px; margin: 0 0 2px; letter-spacing: -0.005em; font-weight: 640; }
    h3 { font-size: 14px; margin: 0 0 8px; font-weight: 600; }
    .caption { color: var(--soft); margin: 0 0 18px; max-width: 60em; font-size: 14px; }
    .scroll { overflow-x: auto; }
    .grid { display: grid; gap: 28px 32px; grid-template-columns: repeat(auto-fit, minmax(min(400px, 100%), 1fr)); }
    table { border-collapse: collapse; width: 100%; }
    th { text-align: right; font-weight: 500; color: var(--soft); font-size: 13px; padding: 6px 14px; }
    td { text-align: right; padding: 11px 14px; border-top: 1px solid var(--line); font-size: 19px; white-space: nowrap; }
    th:first-child, td:first-child { text-align: left; padding-left: 0; font-size: 15px; white-space: normal; }
    th:first-child { font-size: 13px; }
    th:last-child, td:last-child { padding-right: 0; }
    td.best { font-weight: 680; }
    td small { display: block; font-size: 12px; font-weight: 400; color: var(--soft); margin-top: -2px; min-height: 18px; }
    td .name { font-weight: 600; } td .note { display: block; color: var(--soft); font-size: 12px; }
    td .key svg { margin-right: 8px; }
    .legend { display: flex; flex-wrap: wrap; gap: 6px 22px; margin: 0 0 12px; font-size: 14px; }
    .key { display: inline-flex; align-items: center; gap: 8px; } .key svg { height: 14px; width: auto; flex: none; }
    svg { display: block; width: 100%; height: auto; overflow: visible; font: inherit; }
    .scroll > svg { min-width: 620px; }
    svg text { fill: var(--ink); font-size: 12.5px; }
    svg .tick { fill: var(--soft); font-size: 12px; } svg .axis { fill: var(--soft); font-size: 12.5px; }
    svg .group { font-weight: 600; font-size: 12.5px; } svg .small { font-size: 10.5px; fill: var(--soft); }
    line.grid { stroke: var(--grid); stroke-width: 1; }
    .base { stroke: var(--soft); stroke-width: 1; opacity: 0.6; }
    .limit { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 4; opacity: 0.6; }
    .bar { fill: var(--bar); } .band { fill: var(--band); }
    .curve { fill: none; stroke-width: 2.25; stroke-linecap: round; stroke-linejoin: round; }
    .dots { fill: none; stroke-width: 4; stroke-linecap: round; opacity: 0.35; }
    .dots.s0 { stroke: var(--s0); } .dots.s1 { stroke: var(--s1); } .dots.s2 { stroke: var(--s2); }
    .dots.s3 { stroke: var(--s3); } .dots.s4 { stroke: var(--s4); } .dots.s5 { stroke: var(--s5); }
    .thin { stroke-width: 1.5; opacity: 0.55; } .faint { opacity: 0.45; }
    .mark { stroke: var(--card); stroke-width: 1.25; }
    .curve.s0 { stroke: var(--s0); } .curve.s1 { stroke: var(--s1); } .curve.s2 { stroke: var(--s2); }
    .curve.s3 { stroke: var(--s3); } .curve.s4 { stroke: var(--s4); } .curve.s5 { stroke: var(--s5); }
    .mark.s0, .column.s0 { fill: var(--s0); } .mark.s1, .column.s1 { fill: var(--s1); }
    .mark.s2, .column.s2 { fill: var(--s2); } .mark.s3, .column.s3 { fill: var(--s3); }
    .mark.s4, .column.s4 { fill: var(--s4); } .mark.s5, .column.s5 { fill: var(--s5); }
    .h0 { fill: var(--h0); } .h1 { fill: var(--h1); } .h2 { fill: var(--h2); } .h3 { fill: var(--h3); }
    .h4 { fill: var(--h4); } .h5 { fill: var(--h5); } .h6 { fill: var(--h6); } .h7 { fill: var(--h7); }
    .h8 { fill: var(--h8); }
    svg .cell { font-size: 11px; } svg .cell.on { fill: var(--card); }
    .images { display: grid; grid-template-columns: minmax(90px, max-content) 1fr; gap: 10px 20px; align-items: center; }
    .images .row { display: flex; flex-wrap: wrap; gap: 8px; }
    .images .class { font-weight: 600; } .images .class small { display: block; font-weight: 400; color: var(--soft); }
    figure { margin: 0; width: 64px; } figure img { width: 64px; height: 64px; object-fit: cover; border-radius: 6px;
      display: block; image-rendering: pixelated; background: var(--grid); }
    figcaption { font-size: 11px; color: var(--soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    figure.wrong img { outline: 2px solid var(--s1); outline-offset: -2px; }
    figure.correct img { outline: 2px solid var(--s0); outline-offset: -2px; }
    table.pairs td { font-size: 14px; padding: 6px 14px; } table.pairs td:nth-child(2),
    table.pairs th:nth-child(2) { text-align: left; white-space: normal; }
    footer { color: var(--soft); font-size: 12px; }
    @media print { body { background: none; } section { border: none; padding: 12px 0; } }

    """
}
