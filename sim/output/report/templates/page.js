"use strict";
// Draws the pictures, sorts and filters the tables, and lets one choice of an ally lead everything that shows one.
(() => {
  const root = document.documentElement;
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const store = read("charts");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const drawn = new Map();
  let chosen = store.first;
  root.classList.add("scripts");

  // A chart is as wide as its place; small multiples have as many columns as fit.
  function fitted(spec, width) {
    if (spec.facet) {
      const panel = spec.spec.width + 30;
      spec.columns = Math.max(2, Math.min(spec.columns, Math.floor((width - 50) / panel)));
      spec.spec.width = Math.min(spec.spec.width, Math.floor((width - 60) / spec.columns) - 18);
    } else {
      spec.width = Math.min(spec.width + 190, width);
      spec.autosize = { type: "fit-x", contains: "padding" };
    }
  }

  // Titles do not wrap by themselves.
  function wrapped(spec, width) {
    const most = Math.max(24, Math.floor((width - 30) / 6.4));
    const lines = (text) => {
      const found = [];
      let line = "";
      for (const word of text.split(" ")) {
        if (line && (line + " " + word).length > most) { found.push(line); line = word; } else { line = line ? line + " " + word : word; }
      }
      return line ? found.concat(line) : found;
    };
    const below = [].concat(spec.title.subtitle || []).join(" ");
    spec.title.text = [].concat(spec.title.text).flatMap((text) => lines(text));
    spec.title.subtitle = lines(below);
    return spec;
  }

  async function draw(figure) {
    const name = figure.dataset.chart;
    label(name);
    if (figure.classList.contains("absent")) { forget(name); return; }
    const place = figure.querySelector(".live");
    const width = Math.floor(figure.getBoundingClientRect().width);
    const spec = structuredClone(store.specs[name][dark.matches ? "dark" : "light"]);
    spec.datasets = store.datasets;
    const asked = (spec.params || []).find((param) => param.name === "ally");
    if (asked) { asked.value = chosen; }
    fitted(spec, width);
    const embedded = await window.vegaEmbed(place, wrapped(spec, spec.facet ? width : Math.min(width, spec.width)), {
      ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: { disableDefaultStyle: true },
      logLevel: 1, // errors: an ally without a pledge has an empty layer, which is no cause for a warning
    });
    forget(name);
    drawn.set(name, embedded);
    embedded.view.addEventListener("click", (_, item) => {
      if (item && item.datum && byName.has(item.datum.iso3)) { choose(item.datum.iso3); }
    });
    figure.classList.add("drawn");
    follow(name); // the choice may have changed meanwhile
  }

  function forget(name) {
    const before = drawn.get(name);
    if (before) { before.finalize(); }
    drawn.delete(name);
    document.querySelector(`figure[data-chart=${name}]`).classList.remove("drawn");
  }

  const byName = new Map([...document.getElementById("chosen").options].map((option) => [option.value, option.text]));
  const leads = (name) => (store.specs[name].light.params || []).some((param) => param.name === "ally");
  // An ally that the target does not bind, or a group, has no first year.
  const has = (name, iso3) => name !== "first" || iso3 in store.captions.first;

  // Above a chart of one ally or group stands whose it is; a chart that has nothing of the one chosen is not there.
  function label(name) {
    if (!store.captions[name]) { return; }
    const figure = document.querySelector(`figure[data-chart=${name}]`);
    figure.classList.toggle("absent", !has(name, chosen));
    let whose = figure.querySelector(".whose");
    if (!whose) {
      whose = document.createElement("p");
      whose.className = "whose";
      figure.prepend(whose);
    }
    whose.textContent = byName.get(chosen);
    const caption = store.captions[name][chosen];
    if (caption) { figure.querySelector("figcaption").textContent = caption; }
    const without = document.querySelector(`[data-without=${name}]`);
    if (without) { without.hidden = has(name, chosen); }
  }

  function follow(name) {
    if (!leads(name)) { return; }
    label(name);
    const embedded = drawn.get(name);
    if (embedded) { embedded.view.signal("ally", chosen).runAsync(); }
  }

  // One after the other: a change of size or colours while pictures are drawn waits for them.
  let drawing = Promise.resolve();
  function drawAll(which = "figure[data-chart]") {
    drawing = drawing.then(() => drawEach(which));
  }

  async function drawEach(which) {
    for (const figure of document.querySelectorAll(which)) {
      try { await draw(figure); } catch (error) { console.error(error); }
    }
    root.dataset.drawn = "yes";
  }

  function choose(iso3) {
    chosen = iso3;
    document.getElementById("chosen").value = iso3;
    document.getElementById("said").textContent = store.sentences[iso3] || "";
    for (const row of document.querySelectorAll("table.chooses tbody tr")) {
      row.classList.toggle("chosen", row.dataset.iso3 === iso3);
    }
    for (const name of Object.keys(store.specs)) { follow(name); }
    drawAll("figure[data-chart]:not(.absent):not(.drawn)");
  }

  function sortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") === (column ? "descending" : "ascending") ? column > 0 : column === 0;
        const key = (row) => row.cells[column].dataset.value;
        const rows = [...table.tBodies[0].rows].sort((one, two) => {
          const [a, b] = [key(one), key(two)];
          const order = a !== "" && b !== "" && !isNaN(a) && !isNaN(b) ? a - b : a.localeCompare(b);
          return up ? order : -order;
        });
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        table.tBodies[0].append(...rows);
      });
    });
  }

  for (const table of document.querySelectorAll("#allies, #editions")) { sortable(table); }
  for (const head of document.querySelectorAll("table.chooses tbody th")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      choose(head.parentElement.dataset.iso3);
      document.getElementById("ally").scrollIntoView();
      document.getElementById("chosen").focus({ preventScroll: true });
    });
  }
  const filter = document.getElementById("filter");
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    let shown = 0;
    for (const row of document.getElementById(filter.dataset.filters).tBodies[0].rows) {
      row.hidden = !(row.textContent + " " + row.dataset.iso3).toLowerCase().includes(wanted);
      shown += row.hidden ? 0 : 1;
    }
    document.getElementById("shown").textContent = wanted ? `${shown} shown` : "";
  });
  document.getElementById("chosen").addEventListener("change", (event) => choose(event.target.value));
  dark.addEventListener("change", () => drawAll());
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (Math.abs(window.innerWidth - width) > 40) { width = window.innerWidth; drawAll(); }
  });
  drawAll();
})();
