/** The style sheet of a report's page: light and dark by the reader's setting, gains blue and losses orange. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#f6f7f9;--card:#fff;--ink:#171b24;--soft:#5b6472;--line:#dfe3e9;--gain:#1f5fd6;
--loss:#c2500a;--other:#8a93a3;--note:#fff6e3;--note-line:#d89a1d}
@media(prefers-color-scheme:dark){:root{--paper:#11141a;--card:#191d26;--ink:#e8ebf1;--soft:#9aa4b5;--line:#2b313d;
--gain:#6ea3ff;--loss:#ff9a52;--other:#7d8798;--note:#2a2415;--note-line:#c58f22}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:1240px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:1.7rem;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:1.15rem;margin:40px 0 12px}
p{margin:0 0 8px}.soft{color:var(--soft)}
code{font:.88em ui-monospace,Menlo,Consolas,monospace}
nav{display:flex;flex-wrap:wrap;gap:6px 16px;margin:16px 0}nav a{color:var(--gain)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(max(130px,22%),1fr));gap:12px;margin:20px 0}
.card,figure,.box{background:var(--card);border:1px solid var(--line);border-radius:10px}
.card{padding:12px 16px;margin:0}.card dt{color:var(--soft);font-size:.82rem}
.card dd{margin:2px 0 0;font-size:1.45rem;font-weight:650;font-variant-numeric:tabular-nums}
.gain{color:var(--gain)}.loss{color:var(--loss)}
.warnings{background:var(--note);border-left:4px solid var(--note-line);border-radius:8px;padding:12px 18px;margin:18px 0}
.warnings ul,.box ul{margin:6px 0 0;padding-left:20px}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:16px}
figure{margin:0;padding:14px 16px}figure.wide{grid-column:1/-1}
figcaption{font-weight:600;margin-bottom:6px}figcaption span{color:var(--soft);font-weight:400;font-size:.85rem}
svg{display:block;width:100%;height:auto}
svg text{fill:var(--soft);font:15px system-ui,sans-serif}.wide svg text{font-size:9.5px}
.grid{stroke:var(--line)}.grid.zero{stroke:var(--soft)}
.line{fill:none;stroke-width:1.8;stroke-linejoin:round}.line.own{stroke:var(--gain)}
.line.other{stroke:var(--other);stroke-dasharray:5 4}.line.fall{stroke:var(--loss)}
.area{stroke:none;opacity:.16}.area.own{fill:var(--gain)}.area.fall{fill:var(--loss)}
.bar.gain,.dot.gain{fill:var(--gain)}.bar.loss,.dot.loss{fill:var(--loss)}.dot{opacity:.55}
.bar:hover,.dot:hover{opacity:1;stroke:var(--ink)}
.key{display:inline-block;width:16px;height:3px;vertical-align:middle;margin:0 5px 0 12px;background:var(--gain)}
.key.other{background:var(--other)}.key.fall{background:var(--loss)}
details{margin-top:8px}summary{cursor:pointer;color:var(--soft);font-size:.88rem}
summary:focus-visible,a:focus-visible{outline:2px solid var(--gain);outline-offset:2px}
.scroll{overflow:auto;max-height:460px;margin-top:8px}
.box{padding:4px 16px 12px;margin-bottom:16px}
table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}
th,td{padding:5px 10px;border-bottom:1px solid var(--line);text-align:left;white-space:nowrap}
th{color:var(--soft);font-weight:600;position:sticky;top:0;background:var(--card)}
td.n,th.n{text-align:right}td.wrap{white-space:normal;min-width:260px}
caption{text-align:left;font-weight:600;padding:8px 0}
.numbers td:nth-child(3){white-space:normal;min-width:320px}
.numbers code{color:var(--soft);display:block}
footer{margin-top:40px;color:var(--soft);font-size:.85rem;overflow-wrap:anywhere}
@media print{body{background:#fff}.scroll{max-height:none;overflow:visible}nav{display:none}}
`;
