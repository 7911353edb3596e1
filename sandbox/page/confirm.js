/** Slack's confirm objects: "Are you sure?" before an action is sent. */

import { h, uniqueId } from "./dom.js";
import { textObject, words } from "./mrkdwn.js";

/** Show the dialog; resolves to true for yes, to false for no or Escape. */
export function confirmed(confirm, context) {
  return new Promise((resolve) => {
    const id = uniqueId("confirm");
    const yes = h("button", { type: "button", class: confirm.style === "danger" ? "danger filled" : "primary", data: { testid: "confirm-yes" } },
      words(confirm.confirm) || "Yes");
    const no = h("button", { type: "button", data: { testid: "confirm-no" } }, words(confirm.deny) || "Cancel");
    const dialog = h("dialog", { class: "confirm", "aria-labelledby": id, data: { testid: "confirm" } },
      h("h2", { id }, textObject(confirm.title, context)),
      h("div", { class: "text" }, textObject(confirm.text, context)),
      h("div", { class: "dialog-foot" }, no, yes));
    let answer = false;
    yes.addEventListener("click", () => { answer = true; dialog.close(); });
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => { dialog.remove(); resolve(answer); });
    document.body.append(dialog);
    dialog.showModal();
    (confirm.style === "danger" ? no : yes).focus();
  });
}
