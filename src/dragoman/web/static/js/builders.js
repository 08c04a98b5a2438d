// Rows of conditions and changes: the value's control follows the chosen field, rows come and go. Without this the
// form is posted to be shown anew ("Add a row").

import { all, on, one } from "./dom.js";

function control(row, name) {
  const template = one(`template[data-control="${CSS.escape(name)}"]`, row.closest("[data-builder]"));
  const place = one("[data-builder-value]", row);
  place.replaceChildren();
  if (!template) return;
  const made = template.content.cloneNode(true);
  for (const input of all("[name^=PREFIX]", made)) input.name = input.name.replace("PREFIX", row.dataset.row);
  place.append(made);
  const ops = one("[data-builder-op]", row);
  if (!ops) return;
  const fitting = template.dataset.ops.split(" ");
  for (const option of ops.options) option.hidden = option.disabled = !fitting.includes(option.value);
  if (ops.selectedOptions[0]?.disabled ?? true) ops.value = fitting[0];
}

function blank(group) {
  const rows = all(".builder__row", group);
  const used = rows.map((row) => Number(row.dataset.row.split("-").pop()));
  const prefix = `${group.dataset.group}-${Math.max(-1, ...used) + 1}`;
  const made = rows.at(-1).cloneNode(true);
  for (const named of all("[name]", made)) named.name = named.name.replace(made.dataset.row, prefix);
  made.dataset.row = prefix;
  made.classList.remove("field--wrong");
  one(".field__error", made)?.remove();
  one("[data-builder-field]", made).value = "";
  one("[data-builder-value]", made).replaceChildren();
  rows.at(-1).after(made);
  one("select", made).focus();
}

on("change", "[data-builder-field]", (_event, select) => control(select.closest(".builder__row"), select.value));
on("click", "[data-builder-add]", (event, button) => {
  event.preventDefault();
  const group = button.closest("[data-group]");
  if (all(".builder__row", group).length < 20) blank(group);
});
on("click", "[data-builder-drop]", (_event, button) => {
  const row = button.closest(".builder__row");
  if (all(".builder__row", row.parentElement).length > 1) return row.remove();
  one("[data-builder-field]", row).value = "";
  one("[data-builder-value]", row).replaceChildren();
});
on("change", "[data-pick] input", (_event, input) => {
  const label = one("[data-picked]", input.closest("[data-pick]"));
  const chosen = all("input:checked", input.closest("[data-pick]")).map((box) => box.parentElement.textContent.trim());
  label.textContent = chosen.join(", ") || label.dataset.picked;
});
