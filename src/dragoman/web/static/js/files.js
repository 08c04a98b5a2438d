// Attachments: dropped, pasted or chosen files go up at once, each with its progress.

import { element, say, token } from "./dom.js";

function chip(form, file) {
  const drop = element("button", { type: "button", class: "upload__drop", "data-drop-file": "", "aria-label": say("sayRemove", { name: file.name }, form) }, "×");
  const bar = element("progress", { max: "1", value: "0", "aria-label": file.name });
  const box = element("li", { class: "upload" }, element("bdi", {}, file.name), drop, bar);
  form.querySelector("#composer-files").append(box);
  return { box, bar };
}

function refuse(box, text) {
  box.classList.add("upload--wrong");
  box.querySelector("bdi").textContent = text;
  box.querySelector("progress")?.remove();
}

function send(form, file) {
  const { box, bar } = chip(form, file);
  const limit = Number(form.dataset.max);
  if (file.size > limit) return refuse(box, say("sayTooBig", { name: file.name, limit: `${Math.floor(limit / 1e6)} MB` }, form));
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append("file", file, file.name);
  request.open("POST", form.dataset.upload);
  request.setRequestHeader("X-CSRF-Token", token());
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.upload.onprogress = (event) => (bar.value = event.loaded / event.total);
  request.onloadend = () => {
    if (request.status !== 201) return refuse(box, request.response?.message ?? say("sayUploadFailed", { name: file.name }, form));
    bar.remove();
    box.querySelector("button").dataset.dropFile = request.response.remove;
  };
  request.send(body);
}

/** Take a file off again; one that never went up only leaves the page. */
export function drop(button) {
  const address = button.dataset.dropFile;
  if (address) fetch(address, { method: "POST", headers: { "X-CSRF-Token": token(), Accept: "application/json" } });
  button.closest("li").remove();
}

export function attach(form, files) {
  for (const file of files) send(form, file);
}
