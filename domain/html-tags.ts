/** Elements of HTML, SVG and MathML that texts are made of. Other words between brackets, such as `<BTC>`, are words. */
const ELEMENTS =
  'a abbr acronym address annotation area article aside audio b base basefont bdi bdo big blink blockquote body br button ' +
  'canvas caption center circle cite code col colgroup data datalist dd del details dfn dialog dir div dl dt ellipse em ' +
  'embed fieldset figcaption figure font footer form frame frameset g h1 h2 h3 h4 h5 h6 head header hgroup hr html i ' +
  'iframe image img input ins kbd label legend li line link main map mark marquee math menu menuitem meta meter mfrac mi ' +
  'mn mo mrow msub msup mtext nav nobr noframes noscript object ol optgroup option output p param path picture polygon ' +
  'polyline pre progress q rect rp rt ruby s samp script search section select semantics slot small source span strike ' +
  'strong style sub summary sup svg table tbody td template text textarea tfoot th thead time title tr track tt u ul use ' +
  'var video wbr';
const TAG = new RegExp(String.raw`</?(?:${ELEMENTS.replaceAll(' ', '|')})(?:[\s/][^<>]*)?>`, 'gi');
/** An element of a publisher's own, which has a hyphen or a colon in its name. */
const OWN_TAG = /<\/?[a-z][a-z0-9]*[-:][\w:.-]*(?:[\s/][^<>]*)?>/g;
/** A document type, a processing instruction or a section of characters. */
const DECLARATION = /<(?:![a-z[]|\?)[^<>]*>/gi;

/** Returns a text with something else in the place of each tag. Source: the index of elements of the HTML standard, and those of SVG and MathML. */
export const withoutTags = (text: string, instead: string): string =>
  [TAG, OWN_TAG, DECLARATION].reduce((read, pattern) => read.replaceAll(pattern, instead), text);
