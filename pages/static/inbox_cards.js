// Puts fresh cards into the inbox, and leaves those alone that somebody is about to answer.

// Writes times as the server does, in the reader's zone.
export const inReadersZone = (within, words) => {
  const zone = new Intl.DateTimeFormat(document.documentElement.lang, { timeZoneName: "short" });
  const zoneAt = (at) => zone.formatToParts(at).find((part) => part.type === "timeZoneName").value;
  for (const time of within.querySelectorAll("time[datetime]:not([title])")) {
    const at = new Date(time.dateTime);
    const day = String(at.getDate());
    const clock = [at.getHours(), at.getMinutes()].map((each) => String(each).padStart(2, "0")).join(":");
    time.title = time.textContent;
    time.textContent = words.dated
      .replace("{day:02}", day.padStart(2, "0"))
      .replace("{day}", day)
      .replace("{month}", words.months.split(" ")[at.getMonth()])
      .replace("{year}", at.getFullYear())
      .replace("{time}", clock)
      .replace("UTC", zoneAt(at));
  }
};

const titleOf = (card) => card.querySelector("bdi").textContent;

// The fields with a note that was not sent: typed here, or given back with a form that was refused.
const notesIn = (card) => [...card.querySelectorAll("textarea")].filter((field) => field.value !== "");

const isTypedIn = (card) => notesIn(card).some((field) => !field.readOnly);

const isUsed = (card) =>
  card.matches(":hover, :focus-within") || isTypedIn(card) || card.querySelector("details[open]") !== null;

// A note that was not sent survives a card that changes: in its field, else below, until that field is back.
const carryOver = (before, after) => {
  for (const field of notesIn(before)) {
    const fieldId = field.dataset.of ?? field.id;
    const again = after.querySelector(`[id="${CSS.escape(fieldId)}"]`);
    if (again) {
      again.value = field.value;
      again.closest("details")?.setAttribute("open", "");
    } else {
      const kept = document.createElement("textarea");
      kept.readOnly = true;
      kept.className = "unsent";
      kept.dataset.of = fieldId;
      kept.value = field.value;
      kept.setAttribute("aria-label", field.labels[0]?.textContent ?? field.getAttribute("aria-label") ?? "");
      after.append(kept);
    }
  }
};

// So does the address of a person who is to review it, while the card has a field for it.
const carryAddress = (before, after) => {
  for (const field of before.querySelectorAll(".duty input[type=email]")) {
    const again = after.querySelector(`[id="${CSS.escape(field.id)}"]`);
    if (again && field.value !== "") {
      again.value = field.value;
      again.closest("details").setAttribute("open", "");
    }
  }
};

const replace = (before, after) => {
  const focused = before.contains(document.activeElement) ? document.activeElement : null;
  carryOver(before, after);
  carryAddress(before, after);
  before.replaceWith(after);
  if (focused) {
    const same = focused.id && document.getElementById(focused.id);
    (same || after).focus({ preventScroll: true });
  }
};

// Whoever is about to press a button answers what they have seen: a card of a newer revision never takes its
// place by itself, nor does any card with buttons that somebody is in. One without buttons may, unless somebody
// is in a form to reassign or snooze that the fresh card has too.
const mayReplace = (before, after) => {
  if (!("answerable" in after.dataset)) {
    return before.querySelector(".duty[open]") === null || after.querySelector(".duty") === null;
  }
  const isNewer = "answerable" in before.dataset && before.dataset.revision !== after.dataset.revision;
  return !isNewer && !isUsed(before);
};

// Below the buttons, so that it moves none of them.
const writeBelow = (card, words, ...more) => {
  card.querySelector(".newer")?.remove();
  const line = document.createElement("p");
  line.className = "newer";
  line.append(document.createElement("span"), ...more);
  line.firstChild.textContent = words;
  card.append(line);
};

export class Cards {
  // `words` are what is written on cards: that one is newer, has changed, or is here no more; and the button.
  constructor(main, words) {
    this.main = main;
    this.words = words;
  }

  // Bring a card up to date, or announce on it that there is another; return what is announced aloud.
  renew(before, after) {
    if (before.dataset.mark === after.dataset.mark) {
      before.querySelector(".newer")?.remove();
      delete before.dataset.held;
      return "";
    }
    if (!mayReplace(before, after)) {
      return this.hold(before, after);
    }
    replace(before, after);
    return after.dataset.news;
  }

  hold(before, after) {
    if (before.dataset.held === after.dataset.mark) {
      return "";
    }
    before.dataset.held = after.dataset.mark;
    const isNewer = before.dataset.revision !== after.dataset.revision;
    const words = isNewer ? this.words.newer : this.words.changed;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = this.words.show;
    button.setAttribute("aria-describedby", before.getAttribute("aria-labelledby"));
    button.addEventListener("click", () => {
      replace(before, after);
      after.focus();
    });
    writeBelow(before, words, button);
    return `${titleOf(before)}: ${words}`;
  }

  // Take a card away. Where somebody is in it its place stays empty: the next card does not slip there.
  leave(card, words, ...more) {
    if (!isUsed(card)) {
      card.remove();
      return;
    }
    const isFocused = card.contains(document.activeElement);
    const gap = document.createElement("p");
    gap.className = "gap";
    gap.tabIndex = -1;
    gap.dataset.of = card.id;
    gap.style.minHeight = `${card.offsetHeight}px`;
    gap.append(words, ...more);
    card.replaceWith(gap);
    if (isFocused) {
      gap.focus({ preventScroll: true });
    }
  }

  linkTo(card) {
    const link = document.createElement("a");
    link.href = `#${card.id}`;
    link.textContent = this.words.show;
    return link;
  }

  // Take away what is on the page no more, except for what somebody has typed; return what is announced.
  clear(pile, kept) {
    const told = [];
    for (const card of pile.querySelectorAll(":scope > .card")) {
      const words = `${titleOf(card)}: ${this.words.gone}`;
      if (kept.has(card.id)) {
        delete card.dataset.gone;
      } else if (notesIn(card).length === 0) {
        this.leave(card, words);
      } else if (!("gone" in card.dataset)) {
        card.dataset.gone = "";
        writeBelow(card, this.words.gone);
        told.push(words);
      }
    }
    return told;
  }

  // Put the cards of a pile in the order of a fresh one; return what is announced of them.
  lay(pile, fresh) {
    const wanted = [...fresh.children];
    const kept = new Set(wanted.map((card) => card.id));
    const told = this.clear(pile, kept);
    const next = (place) => (place && !kept.has(place.id) ? next(place.nextElementSibling) : place);
    let place = next(pile.firstElementChild);
    for (const card of wanted) {
      const before = document.getElementById(card.id);
      if (before && before.parentElement === pile) {
        if (before === place) {
          place = next(place.nextElementSibling);
        } else {
          pile.insertBefore(before, place);
        }
        told.push(this.renew(before, card));
      } else {
        card.classList.add("new");
        if (before) {
          carryOver(before, card);
          this.leave(before, card.dataset.news, " ", this.linkTo(card));
        }
        pile.insertBefore(card, place);
        told.push(card.dataset.news);
      }
    }
    return told;
  }

  // Do something to the piles, and put the card that somebody is in back to where it was on their screen.
  keepPlace(change) {
    const cards = [...this.main.querySelectorAll(".pile > *")];
    const used = cards.find((each) => each.matches(":hover")) ?? cards.find((each) => each.matches(":focus-within"));
    const top = used?.getBoundingClientRect().top;
    for (const gap of this.main.querySelectorAll(".gap:not(:hover, :focus-visible)")) {
      gap.remove();
    }
    change();
    const gap = used && this.main.querySelector(`.gap[data-of="${used.id}"]`);
    const same = [used, gap, document.getElementById(used?.id)].find((each) => each?.isConnected);
    this.makeRoom(same, top);
  }

  // Scroll until a card is at `top` again; where the page is too short for that, make it longer.
  makeRoom(card, top) {
    for (const each of this.main.querySelectorAll(".pile")) {
      each.style.paddingTop = "";
    }
    this.main.style.paddingBottom = "";
    if (!card) {
      return;
    }
    const scroll = () => {
      window.scrollBy({ top: card.getBoundingClientRect().top - top, behavior: "instant" });
      return Math.round(card.getBoundingClientRect().top - top);
    };
    const missing = scroll();
    if (missing < 0) {
      card.parentElement.style.paddingTop = `${-missing}px`;
    } else if (missing > 0) {
      this.main.style.paddingBottom = `${missing}px`;
      scroll();
    }
  }
}
