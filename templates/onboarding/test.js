"use strict";
const check = document.getElementById("check");
const patience = 6000;
let running = false;

// A request whose answer nobody may read still says whether TLS came about.
async function https(url) {
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), patience);
  try {
    await fetch(url, { mode: "no-cors", cache: "no-store", credentials: "omit", signal: end.signal });
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function wss(url) {
  return new Promise(done => {
    const socket = new WebSocket(url);
    const timer = setTimeout(() => socket.close(), patience);
    socket.onopen = () => { done(true); socket.close(); };
    socket.onclose = () => { clearTimeout(timer); done(false); };
  });
}

async function test() {
  if (running) return;
  running = true;
  const result = document.getElementById("result");
  const lines = Array.from(document.querySelectorAll("#targets li"));
  const outcomes = await Promise.all(lines.map(async line => {
    const [page, socket] = await Promise.all([https(line.dataset.https), wss(line.dataset.wss)]);
    line.lastElementChild.textContent = "HTTPS " + (page ? "\u2713" : "\u2717") + "  WSS " + (socket ? "\u2713" : "\u2717");
    return page && socket;
  }));
  const good = outcomes.every(Boolean);
  if (good && "secure" in check.dataset) result.textContent = "\u2713 Connected, over HTTPS and WSS.";
  else if (good) result.textContent = "\u2713 Trust has arrived: this browser connects over HTTPS and WSS.";
  else result.textContent = "\u2717 Not yet. Either the certificate is not trusted in this browser, or the address cannot be reached. After installing, start the browser anew.";
  result.className = good ? "good" : "bad";
  running = false;
}

if (check) {
  check.hidden = false;
  document.getElementById("again").addEventListener("click", test);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) test(); });
  test();
}
