"use strict";
for (const box of document.querySelectorAll("input[data-filter]")) {
  const rows = [...document.getElementById(box.dataset.filter).tBodies[0].rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const said = box.closest(".tools").querySelector("output");
  box.addEventListener("input", () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, i) => {
      row.hidden = !words.every((word) => texts[i].includes(word));
      if (!row.hidden) shown++;
    });
    said.textContent = words.length ? shown + " of " + rows.length : "";
  });
  box.closest(".tools").hidden = false;
}

// What is ticked stays ticked on this machine, where the browser lets a page remember.
for (const box of document.querySelectorAll("input[data-done]")) {
  const key = "carom-done-" + box.dataset.done;
  try {
    box.checked = localStorage.getItem(key) === "1";
    box.addEventListener("change", () => localStorage.setItem(key, box.checked ? "1" : "0"));
  } catch (e) {
    // Remembered only while the page is open.
  }
}
// A step's number in a picture leads to the step, though its list is folded.
const unfold = () => {
  const at = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  for (let up = at && at.parentElement; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
  if (at) at.scrollIntoView();
};
addEventListener("hashchange", unfold);
unfold();
// On paper nothing can be unfolded.
addEventListener("beforeprint", () => document.querySelectorAll("details.path").forEach((d) => (d.open = true)));
