// What a form alone cannot do: passkeys, sending again until the server has answered, and keeping a draft
// while there is no connection. Everything else works without this.
(function () {
  "use strict";
  var act = document.getElementById("act");

  function say(words, bad) {
    if (!act) return;
    act.hidden = !words;
    act.textContent = words || "";
    act.classList.toggle("bad", !!bad);
    if (words) act.scrollIntoView({ block: "nearest" });
  }

  // A page of the console is an answer: the form that was sent before it has arrived, and needs keeping here no
  // more; unless the answer is that it was refused.
  try {
    var arrived = sessionStorage.getItem("otkel.sent");
    if (arrived && !document.body.hasAttribute("data-refused")) localStorage.removeItem(arrived);
    sessionStorage.removeItem("otkel.sent");
  } catch (nothing) { /* private windows keep nothing */ }

  // --- talking to the server -----------------------------------------------------------------------------

  // One request: what came back, or null where nobody answered or the server could not do it now.
  function ask(address, body, json) {
    var stop = new AbortController(), timer = setTimeout(function () { stop.abort(); }, 12000);
    return fetch(address, {
      method: "POST", body: body, signal: stop.signal, credentials: "same-origin", redirect: "error",
      headers: { "accept": "application/json", "content-type": json ? "application/json" : "application/x-www-form-urlencoded" }
    }).then(function (reply) {
      if (reply.status >= 500) return null;
      return reply.json().then(function (said) { return { status: reply.status, said: said }; });
    }).catch(function () { return null; }).finally(function () { clearTimeout(timer); });
  }

  function pause(seconds) { return new Promise(function (go) { setTimeout(go, seconds * 1000); }); }

  // Until it is answered, whatever happens to the connection: the server knows a request that comes again.
  async function insist(address, body, words) {
    for (var tries = 0; ; tries++) {
      var reply = await ask(address, body);
      if (reply) return Object.assign(reply, { unanswered: tries });
      say(words, true);
      await pause(Math.min(1 + tries, 5));
    }
  }

  function refused(reply) {
    if (reply.status === 401) return act.dataset.signedout;
    var first = (reply.said.errors || [])[0];
    return first ? first.message : reply.said.detail || reply.said.title;
  }

  // --- passkeys --------------------------------------------------------------------------------------------

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) { return letter.charCodeAt(0); });
  }

  function text(buffer) {
    var plain = Array.from(new Uint8Array(buffer), function (one) { return String.fromCharCode(one); }).join("");
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function told(options) {
    var ready = Object.assign({}, options, { challenge: bytes(options.challenge) });
    ["allowCredentials", "excludeCredentials"].forEach(function (list) {
      if (options[list]) ready[list] = options[list].map(function (one) { return Object.assign({}, one, { id: bytes(one.id) }); });
    });
    if (options.user) ready.user = Object.assign({}, options.user, { id: bytes(options.user.id) });
    return ready;
  }

  function written(credential) {
    var said = credential.response, response = { clientDataJSON: text(said.clientDataJSON) };
    ["attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (said[name]) response[name] = text(said[name]);
    });
    return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response: response, clientExtensionResults: credential.getClientExtensionResults() };
  }

  // What the device says, or null where its owner would not.
  async function device(kind, options) {
    if (!window.PublicKeyCredential) { say(act.dataset.nodevice, true); return null; }
    say(act.dataset.device);
    try {
      return written(await navigator.credentials[kind]({ publicKey: told(options) }));
    } catch (cancelled) {
      say(act.dataset.cancelled, true);
      return null;
    }
  }

  function data(address, value) { return ask(address, JSON.stringify(value || {}), true); }

  async function passkey(button) {
    var what = button.dataset.passkey, named = document.getElementById("device"), token = location.hash.slice(1);
    var places = {
      "sign-in": ["/console/sign-in/begin", "/console/sign-in/passkey", "get"],
      "welcome": ["/console/welcome/begin", "/console/welcome/passkey", "create"],
      "another": ["/console/me/passkeys/begin", "/console/me/passkeys", "create"]
    }[what];
    var more = what === "welcome" ? { token: token } : {};
    say(act.dataset.working);
    var begun = await data(places[0], more);
    if (!begun) return say(act.dataset.unanswered, true);
    if (begun.status >= 400) return say(refused(begun), true);
    var credential = await device(places[2], begun.said.options);
    if (!credential) return;
    if (places[2] === "create") more.name = (named && named.value.trim()) || "Passkey";
    var done = await data(places[1], Object.assign({ ceremony: begun.said.ceremony, credential: credential }, more));
    if (!done) return say(act.dataset.unanswered, true);
    if (done.status >= 400) return say(refused(done), true);
    location.assign(button.dataset.next || done.said.location);
  }

  document.querySelectorAll("[data-passkey]").forEach(function (button) {
    button.addEventListener("click", function () {
      button.disabled = true;
      passkey(button).finally(function () { button.disabled = false; });
    });
  });

  var welcome = document.getElementById("welcome-for");
  if (welcome) {
    if (location.hash.length < 20) document.getElementById("welcome-none").hidden = false;
    else data("/console/welcome/begin", { token: location.hash.slice(1) }).then(function (begun) {
      if (!begun) return;
      if (begun.status >= 400) return say(refused(begun), true);
      welcome.querySelector("b").textContent = begun.said.name;
      welcome.hidden = false;
    });
  }

  // --- acts: signed by a device if there is one, and sent until they are answered ----------------------------

  async function perform(form) {
    var body = new URLSearchParams(new FormData(form)), publishes = /\/(publish|approve)$/.test(form.action);
    var unanswered = publishes ? act.dataset.unpublished : act.dataset.unanswered;
    say(act.dataset.working);
    var asked = await insist(form.dataset.sign, body.toString(), unanswered);
    if (asked.status >= 400) return say(refused(asked), true);
    if (asked.said.options) {
      var credential = await device("get", asked.said.options);
      if (!credential) return;
      body.set("ceremony", asked.said.ceremony);
      body.set("credential", JSON.stringify(credential));
    }
    say(act.dataset.working);
    var done = await insist(form.action, body.toString(), unanswered);
    if (done.status >= 400) {
      // What was sent and not answered may have been done all the same, and who is signed out is not told.
      return say(done.status === 401 && done.unanswered ? act.dataset.unsure : refused(done), true);
    }
    location.assign(done.said.location);
    return true;
  }

  document.querySelectorAll("form[data-act]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      var buttons = document.querySelectorAll("main button");
      buttons.forEach(function (one) { one.disabled = true; });
      perform(form).then(function (gone) {
        if (!gone) buttons.forEach(function (one) { one.disabled = false; });
      });
    });
  });

  // --- a draft: kept on the server while there is a connection, and on this device while there is none -------

  var draft = document.getElementById("draft");
  if (draft) {
    var kept = document.getElementById("kept"), newer = document.getElementById("newer");
    var place = "otkel.draft." + location.pathname, saving = false, again = false, timer = null, unsure = null;

    function now() {
      var said = new URLSearchParams(new FormData(draft));
      said.delete("version");
      return said.toString();
    }
    var first = now(), sent = first;

    function remember(value) {
      try { if (value === null) localStorage.removeItem(place); else localStorage.setItem(place, value); } catch (nothing) { /* private windows keep nothing */ }
    }

    function remembered() { try { return localStorage.getItem(place); } catch (nothing) { return null; } }

    function fill(value) {
      var said = new URLSearchParams(value);
      Array.from(draft.elements).forEach(function (field) {
        if (!field.name || field.name === "version" || field.type === "submit") return;
        if (field.type === "checkbox" || field.type === "radio") field.checked = said.getAll(field.name).includes(field.value);
        else field.value = said.get(field.name) || "";
      });
    }

    async function keep() {
      if (saving) { again = true; return; }
      // What was sent and not answered goes first, to the letter: the server may have it, under a version that
      // is not known here.
      var value = unsure || now();
      if (value === sent) return;
      saving = true;
      var reply = await ask(draft.getAttribute("action"), value + "&version=" + draft.elements.version.value);
      saving = false;
      if (reply && reply.status < 400) {
        sent = value;
        unsure = null;
        draft.elements.version.value = reply.said.version;
        if (draft.dataset.draft === "new") {
          draft.dataset.draft = reply.said.location.split("/").pop();
          draft.setAttribute("action", reply.said.location);
          remember(null);
          place = "otkel.draft." + reply.said.location;
          history.replaceState(null, "", reply.said.location);
        }
        if (now() !== value) {
          // There is more by now, and it is kept only when it has arrived too.
          remember(now());
          return keep();
        }
        remember(null);
        kept.textContent = kept.dataset.kept;
        kept.classList.remove("away");
      } else if (reply) {
        unsure = null;
        say(refused(reply), true);
      } else {
        kept.textContent = kept.dataset.here;
        kept.classList.add("away");
        unsure = value;
        again = true;
      }
      if (again) { again = false; clearTimeout(timer); timer = setTimeout(keep, 4000); }
    }

    draft.addEventListener("input", function () {
      remember(now());
      clearTimeout(timer);
      timer = setTimeout(keep, 1500);
    });
    window.addEventListener("online", keep);

    // Pressing a button sends the form as ever; without a connection the browser would show its own page of
    // regret, and the words would seem lost.
    draft.addEventListener("submit", function (event) {
      if (navigator.onLine && (saving || unsure)) {
        // The version that goes with it is on its way.
        event.preventDefault();
        var pressed = event.submitter;
        if (!saving) keep();
        return void setTimeout(function () { draft.requestSubmit(pressed); }, 500);
      }
      clearTimeout(timer);
      if (navigator.onLine) {
        try { sessionStorage.setItem("otkel.sent", place); } catch (nothing) { /* the same */ }
        return;
      }
      event.preventDefault();
      remember(now());
      kept.textContent = kept.dataset.here;
      kept.classList.add("away");
      kept.scrollIntoView({ block: "center" });
    });

    var left = remembered();
    if (left && left !== first && newer) {
      newer.hidden = false;
      newer.querySelector("[data-restore]").onclick = function () { fill(left); newer.hidden = true; keep(); };
      newer.querySelector("[data-forget]").onclick = function () { remember(null); newer.hidden = true; };
    }
  }

  // --- the part of a preview that takes some seconds -----------------------------------------------------------

  var slow = document.getElementById("effects");
  if (slow) {
    fetch(slow.dataset.load + "?bare=true", { credentials: "same-origin", redirect: "error" }).then(function (reply) {
      if (!reply.ok) throw new Error(String(reply.status));
      return reply.text();
    }).then(function (markup) {
      slow.replaceChildren(document.createRange().createContextualFragment(markup));
    }).catch(function () {
      slow.querySelector("p").textContent = slow.dataset.failed;
    });
  }
})();
