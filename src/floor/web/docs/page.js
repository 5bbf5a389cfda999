"use strict";

// The reader's language: what was chosen here, else what the browser says. One document in one language.
let kept = null;
try {
  kept = localStorage.getItem("lang");
} catch {
  // A browser that keeps nothing says the language itself.
}
const lang = kept || (navigator.languages.some((tag) => tag.toLowerCase().startsWith("vi")) || !navigator.languages.length ? "vi" : "en");
const say = (vi, en) => (lang === "vi" ? vi : en);

document.documentElement.lang = lang;
for (const element of document.querySelectorAll("[data-vi]")) {
  element.textContent = say(element.dataset.vi, element.dataset.en);
}
for (const link of document.querySelectorAll("nav a[href^='for-']")) {
  link.href = link.getAttribute("href").replace(".html", `.${lang}.html`);
}
const other = document.getElementById("language");
other.textContent = say("English", "Tiếng Việt");
other.addEventListener("click", () => {
  try {
    localStorage.setItem("lang", say("en", "vi"));
  } catch {
    return;
  }
  location.reload();
});

const ui = SwaggerUIBundle({
  // The older form: the same content, many times faster to show.
  url: `../openapi-3.0.json?lang=${lang}`,
  dom_id: "#operations",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  filter: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
  requestInterceptor: (request) => {
    if (new URL(request.url, location.href).pathname.startsWith("/v1/")) request.headers["Accept-Language"] = lang;
    return request;
  },
});

// Signing in here signs in every operation that is tried; the token is renewed before it ends, and lives in this page alone.
const form = document.getElementById("sign-in");
const told = form.querySelector("output");

async function ask(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept-Language": lang },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail || said.title);
  return said;
}

let renewal;

function use(session) {
  // One session at a time: an older one is renewed no more.
  clearTimeout(renewal);
  ui.preauthorizeApiKey("token", session.access_token);
  renewal = setTimeout(() => {
    ask("/v1/auth/refresh", { refresh_token: session.refresh_token }).then(use, (error) => {
      told.textContent = error.message;
    });
  }, 12 * 60 * 1000);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { username, password } = Object.fromEntries(new FormData(form));
  ask("/v1/auth/login", { username, password, device_name: "API page" }).then(
    (session) => {
      form.password.value = "";
      told.textContent = say(`Đã đăng nhập: ${username}`, `Signed in: ${username}`);
      use(session);
    },
    (error) => {
      told.textContent = error.message;
    },
  );
});
