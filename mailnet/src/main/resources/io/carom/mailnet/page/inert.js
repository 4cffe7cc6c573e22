// Strangers' text and pages, so that nothing of them acts: no script, style, picture, link, form or address is taken
// over. A page is read by the browser's parser into a document that is never shown, and written anew from a short list
// of elements without a single attribute.

const KEPT = new Map(Object.entries({
  P: 'p', DIV: 'div', BR: 'br', SPAN: 'span', B: 'b', STRONG: 'strong', I: 'i', EM: 'em', U: 'u', S: 's', SUB: 'sub', SUP: 'sup',
  UL: 'ul', OL: 'ol', LI: 'li', BLOCKQUOTE: 'blockquote', PRE: 'pre', CODE: 'code', HR: 'hr',
  TABLE: 'table', THEAD: 'thead', TBODY: 'tbody', TFOOT: 'tfoot', TR: 'tr', TD: 'td', TH: 'td', CAPTION: 'p',
  H1: 'p', H2: 'p', H3: 'p', H4: 'p', H5: 'p', H6: 'p',
}));
const DROPPED = new Set([
  'SCRIPT', 'STYLE', 'HEAD', 'TITLE', 'TEMPLATE', 'NOSCRIPT', 'IFRAME', 'FRAME', 'FRAMESET', 'OBJECT', 'EMBED', 'APPLET', 'SVG', 'MATH',
  'INPUT', 'BUTTON', 'SELECT', 'TEXTAREA', 'LINK', 'META', 'BASE', 'AUDIO', 'VIDEO', 'CANVAS', 'PORTAL', 'DIALOG',
]);
const MOST_NODES = 20000;
const MOST_DEPTH = 100;

// A document that is parsed here is not shown, runs nothing and loads nothing.
const parsing = globalThis.trustedTypes
  ? globalThis.trustedTypes.createPolicy('inert', { createHTML: (text) => text })
  : { createHTML: (text) => text };

/** Characters that turn or hide text, told instead of obeyed. */
export function shown(text) {
  return String(text).replace(
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\u{e0000}-\u{e007f}]/gu,
    (c) => `⟨U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

/** A page of a stranger's as a tree of our own. */
export function inert(html) {
  const parsed = new DOMParser().parseFromString(parsing.createHTML(html), 'text/html');
  const out = document.createElement('div');
  let nodes = 0;
  const copy = (from, to, depth) => {
    for (const node of from.childNodes) {
      if (++nodes > MOST_NODES || depth > MOST_DEPTH) {
        to.append('⟨there is more, which is not shown⟩');
        return;
      }
      if (node.nodeType === Node.TEXT_NODE) {
        to.append(shown(node.data));
      } else if (node.nodeType === Node.ELEMENT_NODE && !DROPPED.has(node.nodeName.toUpperCase())) {
        element(node, to, depth);
      }
    }
  };
  const element = (node, to, depth) => {
    const name = node.nodeName.toUpperCase();
    if (name === 'IMG') {
      to.append(`⟨picture${node.getAttribute('alt') ? `: ${shown(node.getAttribute('alt')).slice(0, 200)}` : ''}⟩`);
      return;
    }
    const kept = KEPT.get(name);
    const into = kept ? document.createElement(kept) : to;
    copy(node, into, depth + 1);
    if (kept) to.append(into);
    const leads = name === 'A' ? node.getAttribute('href') : null;
    if (leads && leads !== node.textContent) {
      const where = document.createElement('code');
      where.textContent = `⟨leads to ${shown(leads).slice(0, 500)}⟩`;
      to.append(' ', where);
    }
  };
  copy(parsed.body, out, 0);
  return out;
}
