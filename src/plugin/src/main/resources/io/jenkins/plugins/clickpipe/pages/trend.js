/* Fetches the trend of a job's resyncs once the page is shown. */
(function () {
  "use strict";

  function load(section) {
    fetch(section.dataset.clickpipeTrend, { cache: "no-store" })
      .then(function (response) {
        return response.ok ? response.text() : "";
      })
      .then(function (html) {
        const shown = new DOMParser().parseFromString(html, "text/html").querySelector("figure");
        if (shown !== null) {
          section.replaceChildren(document.importNode(shown, true));
          section.hidden = false;
        }
      })
      .catch(function () {
        section.hidden = true;
      });
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-clickpipe-trend]").forEach(load);
  });
})();
