// Keeps the inbox as it is now, without a reload. What the page does without this script it does with it.
"use strict";

(() => {
  const main = document.querySelector("main[data-events]");
  const news = document.getElementById("news");
  const away = document.getElementById("away");
  if (!main || !window.EventSource) {
    return;
  }

  const inReadersZone = (within) => {
    const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    for (const time of within.querySelectorAll("time[datetime]:not([title])")) {
      time.title = time.textContent;
      time.textContent = format.format(new Date(time.dateTime));
    }
  };

  // Text that somebody is typing survives a card that changes under their hands.
  const carryOver = (before, after) => {
    for (const field of before.querySelectorAll("textarea:not([readonly])")) {
      if (field.value === field.defaultValue) {
        continue;
      }
      const again = after.querySelector(`[id="${CSS.escape(field.id)}"]`);
      if (again) {
        again.value = field.value;
        again.closest("details")?.setAttribute("open", "");
      } else {
        const kept = document.createElement("textarea");
        kept.readOnly = true;
        kept.className = "unsent";
        kept.value = field.value;
        kept.setAttribute("aria-label", field.labels[0]?.textContent ?? "");
        after.append(kept);
      }
    }
  };

  const replace = (before, after) => {
    const focused = before.contains(document.activeElement) ? document.activeElement : null;
    carryOver(before, after);
    before.replaceWith(after);
    if (focused) {
      const same = focused.id && document.getElementById(focused.id);
      (same || after).focus({ preventScroll: true });
    }
  };

  const lay = (pile, fresh) => {
    const told = [];
    let place = pile.firstElementChild;
    const wanted = [...fresh.children];
    const kept = new Set(wanted.map((card) => card.id));
    for (const card of [...pile.children]) {
      if (!kept.has(card.id)) {
        if (card === place) {
          place = card.nextElementSibling;
        }
        card.remove();
      }
    }
    for (const card of wanted) {
      const before = document.getElementById(card.id);
      if (before && before.parentElement === pile) {
        if (before !== place) {
          pile.insertBefore(before, place);
        } else {
          place = place.nextElementSibling;
        }
        if (before.dataset.mark !== card.dataset.mark) {
          replace(before, card);
          told.push(card.dataset.news);
        }
      } else {
        card.classList.add("new");
        if (before) {
          carryOver(before, card);
          before.remove();
        }
        pile.insertBefore(card, place);
        told.push(card.dataset.news);
      }
    }
    return told;
  };

  const show = (page) => {
    const fresh = page.querySelector("main[data-events]");
    inReadersZone(fresh);
    const told = [];
    // The lower pile first: what was answered goes there, and takes along what was typed.
    for (const pile of [...main.querySelectorAll("[data-pile]")].reverse()) {
      const other = fresh.querySelector(`[data-pile="${pile.dataset.pile}"]`);
      told.push(...lay(pile, other));
    }
    for (const part of main.querySelectorAll("[data-part]")) {
      const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
      if (other && part.dataset.mark !== other.dataset.mark) {
        told.push(other.dataset.news);
        replace(part, other);
      } else if (other && !part.dataset.mark && part.innerHTML !== other.innerHTML) {
        part.innerHTML = other.innerHTML;
      }
    }
    document.title = page.title;
    news.textContent = told.filter(Boolean).join(" ");
  };

  const signedOut = () => {
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = away.dataset.again;
    away.replaceChildren(away.dataset.out, " ", link);
    away.hidden = false;
  };

  let asking = false;
  let again = false;
  const refresh = async () => {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      const answer = await fetch(location.href, { cache: "no-store", credentials: "same-origin" });
      if (answer.status === 401) {
        signedOut();
      } else if (answer.ok) {
        show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      }
    } catch {
      again = false; // the server is away; the events begin again when it is back, and tell what has changed
    } finally {
      asking = false;
      if (again) {
        again = false;
        refresh();
      }
    }
  };

  const listen = () => {
    const events = new EventSource(main.dataset.events);
    events.addEventListener("change", refresh);
    events.addEventListener("error", () => {
      // Between two streams a browser asks again by itself; it gives up on an answer that is no stream.
      if (events.readyState === EventSource.CLOSED) {
        refresh().then(() => away.hidden && setTimeout(listen, 5000));
      }
    });
    window.addEventListener("pagehide", () => events.close(), { once: true });
  };

  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  inReadersZone(main);
  listen();
})();
