// "Verify in this page": the second checker, in a worker of its own, on the certificate as it stands in the text field.
// Checker and certificates stand in the page, so that nothing is fetched and the page works from a file.
const source = document.getElementById("checker-source").textContent;
const address = URL.createObjectURL(new Blob([source, `
  onmessage = ({ data }) => {
    const started = Date.now();
    let told = started;
    const progress = work => Date.now() - told > 200 && (told = Date.now(), postMessage({ work, seconds: (told - started) / 1000 }));
    postMessage({ ...check(new TextEncoder().encode(data), { seconds: 600, progress }), seconds: (Date.now() - started) / 1000 });
  };
`], { type: "text/javascript" }));

for (const card of document.querySelectorAll(".certificate")) {
  const [verify, stop] = ["verify", "stop"].map(name => card.querySelector(`[data-do="${name}"]`));
  const [answer, text] = [card.querySelector("output"), card.querySelector("textarea")];
  let worker = null;
  const end = (verdict, words) => {
    worker?.terminate();
    worker = null;
    [verify.disabled, stop.hidden] = [false, true];
    answer.dataset.verdict = verdict;
    answer.textContent = words;
  };
  verify.addEventListener("click", () => {
    worker = new Worker(address);
    [verify.disabled, stop.hidden] = [true, false];
    answer.dataset.verdict = "";
    answer.textContent = "Checking …";
    worker.onmessage = ({ data }) => {
      if (data.verdict) end(data.verdict, `${data.verdict} in ${data.seconds.toFixed(1)} s: ${data.reason}`);
      else answer.textContent = `Checking … ${data.seconds.toFixed(1)} s, ${data.work.toLocaleString("en")} steps`;
    };
    worker.onerror = event => end("", `The checker failed: ${event.message}`);
    worker.postMessage(text.value);
  });
  stop.addEventListener("click", () => end("", "Stopped."));
  text.addEventListener("input", () => end("", "Changed: verify again.")); // what was said was of another text
  card.querySelector(".check").hidden = false;
}
