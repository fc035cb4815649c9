/* Keeps the texts of an open page up to date: asks for a small JSON document and writes its fields where the page's
   elements name them. One request at a time, none while the page is hidden, none after the end. */
(function () {
  "use strict";

  const ACTIVE = 3000;
  const IDLE = 5000;
  const LONGEST = 60000;

  function value(data, path) {
    const negated = path.startsWith("!");
    let found = data;
    for (const key of path.replace("!", "").split(".")) {
      found = found === null || found === undefined ? undefined : found[key];
    }
    return negated ? !found : found;
  }

  function attributes(element, pairs, data) {
    for (const pair of pairs.split(" ")) {
      const equals = pair.indexOf("=");
      const name = pair.substring(0, equals);
      const text = value(data, pair.substring(equals + 1));
      if (text === null || text === undefined) {
        element.removeAttribute(name);
      } else if (element.getAttribute(name) !== String(text)) {
        element.setAttribute(name, text);
      }
    }
  }

  function each(container, items) {
    const children = Array.from(container.children);
    const template = children.find((child) => child.localName === "template");
    const present = children.filter((child) => child !== template);
    items.forEach((item, index) => {
      let child = present[index];
      if (child === undefined) {
        child = document.importNode(template.content, true).firstElementChild;
        container.appendChild(child);
      }
      bind(child, item);
    });
    present.slice(items.length).forEach((child) => child.remove());
  }

  function bind(element, data) {
    const text = element.getAttribute("data-cp-text");
    const pairs = element.getAttribute("data-cp-attr");
    const show = element.getAttribute("data-cp-show");
    const items = element.getAttribute("data-cp-each");
    if (text !== null) {
      const found = value(data, text);
      const shown = found === null || found === undefined ? "" : String(found);
      if (element.textContent !== shown) {
        element.textContent = shown;
      }
    }
    if (pairs !== null) {
      attributes(element, pairs, data);
    }
    if (show !== null) {
      element.hidden = !value(data, show);
    }
    if (items !== null) {
      each(element, value(data, items) || []);
    } else {
      Array.from(element.children).forEach((child) => bind(child, data));
    }
  }

  function start(root) {
    let etag = null;
    let pause = ACTIVE;
    let failures = 0;
    let asking = false;
    let timer = null;

    function later(delay) {
      clearTimeout(timer);
      timer = setTimeout(ask, delay);
    }

    function take(answer) {
      if (answer.done) {
        window.location.reload();
        return;
      }
      if (answer.view !== undefined) {
        bind(root, answer.view);
        pause = answer.view.busy ? ACTIVE : IDLE;
      }
      later(pause);
    }

    function read(response) {
      failures = 0;
      if (response.status === 401 || response.status === 403 || response.status === 404) {
        return null;
      }
      if (response.status === 304) {
        later(pause);
        return null;
      }
      if (!response.ok) {
        throw new Error("HTTP " + response.status);
      }
      etag = response.headers.get("ETag");
      return response.json().then(take);
    }

    function ask() {
      if (asking || document.hidden) {
        return;
      }
      asking = true;
      fetch(root.dataset.clickpipeLive, {
        headers: etag === null ? {} : { "If-None-Match": etag },
        cache: "no-store",
      })
        .then(read)
        .catch(function () {
          failures++;
          later(Math.min(LONGEST, pause * Math.pow(2, failures)));
        })
        .then(function () {
          asking = false;
        });
    }

    document.addEventListener("visibilitychange", function () {
      if (!document.hidden) {
        later(0);
      }
    });
    later(ACTIVE);
  }

  function startAll() {
    document.querySelectorAll("[data-clickpipe-live]").forEach(function (root) {
      if (root.dataset.clickpipeLive !== "") {
        start(root);
      }
    });
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", startAll);
  } else {
    startAll();
  }
})();
