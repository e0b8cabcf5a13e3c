extension StatusPage {
    /// The page's style sheet.
    static let style = """
        :root{--back:#fff;--front:#1b1f24;--soft:#57606a;--line:#d0d7de;--card:#f6f8fa;--good:#116329;--wait:#7d4e00;\
        --bad:#a40e26;--mark:#0550ae}
        @media (prefers-color-scheme:dark){:root{--back:#0d1117;--front:#e6edf3;--soft:#9198a1;--line:#3d444d;\
        --card:#151b23;--good:#56d364;--wait:#e3b341;--bad:#ff8182;--mark:#79c0ff}}
        *{box-sizing:border-box}
        body{margin:0;font:16px/1.5 system-ui,sans-serif;color:var(--front);background:var(--back)}
        header,main{max-width:68rem;margin:0 auto;padding:0 1rem}
        header{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:baseline;padding-top:1rem}
        h1{font-size:1.4rem;margin:0}h2{font-size:1.1rem;margin:0}h3{font-size:1rem;margin:1rem 0 .25rem}
        header p{margin:0;color:var(--soft)}#summary{font-weight:600;color:var(--front)}
        .card,#kms,#keys,#login{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:1rem;\
        margin:1rem 0}
        .head{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center}
        .way{overflow-wrap:anywhere}.soft{color:var(--soft)}
        .state{font-weight:600;border:1px solid currentColor;border-radius:1rem;padding:0 .75rem}
        .running{color:var(--good)}.idle,.paused,.starting{color:var(--wait)}.halted,.down{color:var(--bad)}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:1rem;margin:.75rem 0}
        figure{margin:0}figcaption{display:flex;justify-content:space-between;gap:1rem}
        svg{width:100%;height:3.5rem;display:block;border-bottom:1px solid var(--line)}
        polyline{fill:none;stroke:var(--mark);stroke-width:1.5;vector-effect:non-scaling-stroke}
        .numbers{display:flex;flex-wrap:wrap;gap:0 1.5rem;margin:0;padding:0;list-style:none}
        .halt{border-left:.25rem solid var(--bad);padding:.25rem .75rem;margin:.75rem 0;overflow-wrap:anywhere}
        .halt p{margin:.25rem 0}
        .wide{overflow-x:auto}table{border-collapse:collapse;width:100%}
        th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
        td{white-space:nowrap}td:first-child{white-space:normal;overflow-wrap:anywhere;min-width:9rem}
        button,input{font:inherit;color:inherit;background:var(--back);border:1px solid var(--soft);border-radius:.375rem;\
        padding:.375rem .75rem;min-height:2.75rem;max-width:100%}
        button{cursor:pointer}button:hover{border-color:var(--mark)}
        :focus-visible{outline:3px solid var(--mark);outline-offset:2px}
        label{display:block;margin:.5rem 0 .125rem}.row{display:flex;flex-wrap:wrap;gap:.5rem;margin-top:1rem}
        dialog{color:inherit;background:var(--card);border:1px solid var(--line);border-radius:.5rem;width:min(28rem,92vw)}
        dialog input{width:100%}dialog::backdrop{background:#0008}
        #notice,#refused,#configuration{color:var(--bad);margin:.5rem 0}
        [hidden]{display:none!important}
        .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--back);padding:.5rem}
        """
}
