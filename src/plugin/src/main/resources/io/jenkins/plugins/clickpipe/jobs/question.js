// Asks in a dialog before a button does what it says. Without JavaScript the same links and forms lead to a page that asks.
(function () {
  "use strict";

  function start(url, job) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = url;
    if (job !== null) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = "job";
      field.value = job;
      form.appendChild(field);
    }
    crumb.appendToForm(form);
    document.body.appendChild(form);
    form.submit();
  }

  function ask(question, answer, job) {
    dialog
      .confirm(question.dataset.clickpipeTitle, {
        message: question.dataset.clickpipeMessage,
        okText: answer.dataset.clickpipeButton,
        type: answer.dataset.clickpipeType || "destructive",
        maxWidth: "550px",
      })
      .then(
        () => start(answer.dataset.clickpipeStart, job),
        () => {},
      );
  }

  Behaviour.specify("a[data-clickpipe-start]", "clickpipe-resync-link", 0, (link) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      ask(link, link, null);
    });
  });

  Behaviour.specify("form.clickpipe-resync", "clickpipe-resync-form", 0, (form) => {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = form.querySelector("option:checked, input[name=job]");
      ask(chosen, form.querySelector("[data-clickpipe-start]"), chosen.value);
    });
  });

  Behaviour.specify("form.clickpipe-ask", "clickpipe-ask-form", 0, (form) => {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const answer = form.querySelector("[data-clickpipe-start]");
      ask(answer, answer, null);
    });
  });
})();
