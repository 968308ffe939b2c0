// Makes pages of links more comfortable: what is shown once can be copied with a click, what is waited for is looked at
// without a reload, and a page that frames ours hears how it goes on. Every page works without it.
(() => {
  "use strict";

  const main = () => document.getElementById("main");
  const said = document.getElementById("said");

  /** Tells the page that frames this one. */
  const tell = () => {
    const { to, told } = main().dataset;
    if (!to || window.parent === window) return;
    document.documentElement.classList.add("within");
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    window.parent.postMessage({ millrace: told ? JSON.parse(told) : {}, height }, to);
  };

  /** What was shown once and not kept is lost with the page. */
  let isKept = !document.querySelector("[data-once]");
  window.addEventListener("beforeunload", (event) => isKept || event.preventDefault());
  document.addEventListener("submit", () => (isKept = true));

  const copy = async (field) => {
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      // Browsers keep the clipboard from pages that came without TLS, but not from this.
      field.select();
      document.execCommand("copy");
    }
  };

  document.addEventListener("click", async ({ target }) => {
    if (target.closest("a[href]:not([target])")) isKept = true;
    const button = target.closest("button[data-copy]");
    if (!button) return;
    await copy(document.getElementById(button.dataset.copy));
    isKept = true;
    button.classList.add("copied");
    said.textContent = "";
    said.textContent = button.dataset.done;
  });

  /** Puts what there is now in the place of what was there. */
  const replace = (place, found, title) => {
    const hadFocus = place.contains(document.activeElement);
    place.replaceWith(found);
    if (hadFocus) found.focus();
    if (found.id === "main") document.title = title;
    said.textContent = found.querySelector("[role=status]")?.textContent.trim() ?? "";
    tell();
  };

  const look = async (place) => {
    const own = window.location.href;
    const answer = await fetch(place.dataset.from ?? own, { cache: "no-store" });
    if (answer.redirected && !place.dataset.from) return window.location.replace(answer.url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById(place.id);
    if (found && found.innerHTML !== place.innerHTML) {
      // What is looked at elsewhere does not know from where.
      for (const name of ["from", "every"]) {
        if (place.dataset.from) found.dataset[name] = place.dataset[name];
      }
      replace(place, found, page.title);
    }
  };

  const keepLooking = () => {
    const place = document.querySelector("[data-every]");
    if (!place) return;
    const again = () => look(place).catch(() => {}).finally(keepLooking);
    window.setTimeout(again, Number(place.dataset.every) * 1000);
  };

  document.documentElement.classList.add("with-scripts");
  // From now on the server need not have the whole page loaded again.
  document.cookie = "link-scripts=1; path=/link; samesite=lax";
  tell();
  window.addEventListener("resize", tell);
  keepLooking();
})();
