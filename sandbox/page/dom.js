/** Builds DOM without ever parsing HTML: what people write only becomes text nodes. */

/**
 * Create an element. `props`: `class`, `data` (an object for dataset), `on` (event → listener),
 * anything else is set as an attribute; `null`, `undefined` and `false` are left out, `true` sets an empty attribute.
 */
export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "data") setData(node, value);
    else if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setData(node, data) {
  for (const [name, value] of Object.entries(data)) {
    if (value !== null && value !== undefined) node.dataset[name] = value;
  }
}

let lastId = 0;

/** A new id, for labels and descriptions. */
export function uniqueId(prefix = "x") {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/**
 * Make the children of `parent` be `items`, keeping the nodes of those whose key and signature did not change, so that
 * focus, typed text and scroll positions stay. `items`: [{key, signature}], `render(item, oldNode)` → node.
 */
export function reconcile(parent, items, render) {
  const old = new Map([...parent.children].map((node) => [node.reconcileKey, node]));
  const nodes = items.map((item) => {
    const known = old.get(item.key);
    if (known && known.reconcileSignature === item.signature) return known;
    const node = render(item, known);
    node.reconcileKey = item.key;
    node.reconcileSignature = item.signature;
    return node;
  });
  const kept = new Set(nodes);
  for (const node of [...parent.children]) if (!kept.has(node)) node.remove();
  nodes.forEach((node, index) => {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
  });
}

/** Run `change`, then restore focus and caret to the control with the same `data-focus-key`, if it was redrawn. */
export function keepingFocus(root, change) {
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.dataset.focusKey;
  const caret = key && typeof focused.selectionStart === "number" ? [focused.selectionStart, focused.selectionEnd] : null;
  change();
  if (!key || document.activeElement === focused) return;
  const heir = focused.isConnected ? focused : root.querySelector(`[data-focus-key="${CSS.escape(key)}"]`);
  heir?.focus();
  if (heir && caret && typeof heir.selectionStart === "number") heir.setSelectionRange(...caret);
}

/** Announce a text to screen readers without moving the focus. */
export function announce(text) {
  const place = document.getElementById("announcer");
  place.textContent = "";
  // In a task of its own, so that the same sentence is read again when it is announced again.
  setTimeout(() => { place.textContent = text; }, 50);
}

/** A link to a web page or an e-mail address; anything else becomes plain text. */
export function link(url, ...words) {
  let protocol = "";
  try {
    protocol = new URL(url).protocol;
  } catch {
    // Not an absolute URL: shown as plain text.
  }
  if (!["http:", "https:", "mailto:"].includes(protocol)) return h("span", null, ...words);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...words);
}
