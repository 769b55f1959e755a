// Keeps the inbox as it is now, without a reload. What the page does without this script it does with it.
import { Cards, inReadersZone } from "./inbox_cards.js";

const main = document.querySelector("main[data-events]");
const news = document.getElementById("news");
const away = document.getElementById("away");

const whoIn = (page) => page.querySelector(".who strong")?.textContent;

const keepUpToDate = () => {
  const cards = new Cards(main, main.dataset);

  const show = (page) => {
    const fresh = page.querySelector("main[data-events]");
    inReadersZone(fresh, main.dataset);
    const told = [];
    cards.keepPlace(() => {
      // The lower pile first: what was answered goes there, and takes along what was typed.
      for (const pile of [...main.querySelectorAll("[data-pile]")].reverse()) {
        told.push(...cards.lay(pile, fresh.querySelector(`[data-pile="${pile.dataset.pile}"]`)));
      }
      for (const part of main.querySelectorAll("[data-part]")) {
        const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
        if (other && part.dataset.mark) {
          told.push(cards.renew(part, other));
        } else if (other && part.innerHTML !== other.innerHTML) {
          part.innerHTML = other.innerHTML;
        }
      }
    });
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
      const answer = await fetch(location.href, {
        cache: "no-store",
        credentials: "same-origin",
        headers: { "X-Requested-With": "inbox.js" }, // no one has opened the page anew
      });
      if (answer.status === 401) {
        signedOut();
      } else if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        // Where another tab has signed in somebody else, whoever this page belongs to is signed out.
        whoIn(page) === whoIn(document) ? show(page) : signedOut();
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
  inReadersZone(main, main.dataset);
  listen();
};

if (main && window.EventSource) {
  keepUpToDate();
}
