// Sends a pipe as it stands in the form, saved or not, and shows what the engine finds.
(function () {
  function pipeIn(node, mark) {
    if (node === null || typeof node !== "object") {
      return null;
    }
    if (node.clickPipeCheck === mark) {
      return node;
    }
    for (const child of Object.values(node)) {
      const found = pipeIn(child, mark);
      if (found) {
        return found;
      }
    }
    return null;
  }

  function entered(button) {
    const marker = button.parentElement.querySelector("input[name='clickPipeCheck']");
    marker.value = "this";
    buildFormTree(button.form);
    marker.value = "";
    const json = button.form.elements.namedItem("json");
    return pipeIn(JSON.parse((json.length ? json[0] : json).value), "this");
  }

  function check(button) {
    const spinner = button.parentElement.querySelector(".clickpipe-check__spinner");
    const result = button.parentElement.querySelector(".clickpipe-check__result");
    button.disabled = true;
    spinner.classList.remove("jenkins-hidden");
    fetch(button.dataset.url, {
      method: "post",
      headers: crumb.wrap({ "Content-Type": "application/x-www-form-urlencoded" }),
      body: new URLSearchParams({ json: JSON.stringify(entered(button)) }),
    })
      .then((response) => (response.ok ? response.text() : Promise.reject(new Error(response.statusText))))
      .then((html) => {
        result.innerHTML = html;
        Behaviour.applySubtree(result);
      })
      .catch((error) => {
        result.textContent = error.message;
      })
      .finally(() => {
        button.disabled = false;
        spinner.classList.add("jenkins-hidden");
      });
  }

  Behaviour.specify(".clickpipe-check", "clickpipe-check", 0, (button) => {
    button.onclick = () => check(button);
  });
})();
