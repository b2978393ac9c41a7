// Remembers the last question on this device, so that the next visit offers it. Nothing depends on this.
(function () {
  var key = "otkel.question";
  var kept = ["mode", "direction", "citizenship", "citizenship_other", "vehicle_mass_t", "plate", "plate_other", "goods", "from", "to", "lang"];
  var asked = new URLSearchParams(location.search);
  try {
    if (location.pathname === "/" && asked.has("mode")) {
      var said = new URLSearchParams();
      kept.forEach(function (name) { if (asked.get(name)) said.set(name, asked.get(name)); });
      var choice = document.getElementById("choice");
      if (choice && !document.querySelector(".fault")) {
        var words = choice.dataset.whole.split(" · ");
        localStorage.setItem(key, JSON.stringify([said.toString(), (asked.get("at") ? words.slice(0, -1) : words).join(" · ")]));
      }
    } else if (location.pathname === "/" && !location.search) {
      var last = JSON.parse(localStorage.getItem(key) || "null"), place = document.getElementById("last");
      if (last && place) {
        var link = document.createElement("a"), forget = document.createElement("button");
        link.href = "/?" + last[0];
        link.textContent = last[1];
        forget.type = "button";
        forget.textContent = place.dataset.forget;
        forget.onclick = function () { localStorage.removeItem(key); place.hidden = true; };
        place.append(place.dataset.words + " ", link, " ", forget);
        place.hidden = false;
      }
    }
  } catch (nothing) { /* private windows keep nothing */ }
})();

// Gives this visit a word, so that a report sent twice from it counts once. Without it the server finds out.
(function () {
  var visit = document.getElementById("visit");
  if (visit && !visit.value && window.crypto) {
    visit.value = Array.from(crypto.getRandomValues(new Uint32Array(4)), function (part) { return part.toString(36); }).join("");
  }
})();
