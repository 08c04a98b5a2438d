// The page that tries the API: Swagger UI on our own description, in the reader's theme.
const dark = matchMedia("(prefers-color-scheme: dark)");
function dress() {
  const theme = document.documentElement.dataset.theme;
  document.documentElement.classList.toggle("dark-mode", theme === "dark" || (theme !== "light" && dark.matches));
}
dark.addEventListener("change", dress);
dress();
const place = document.getElementById("try");
SwaggerUIBundle({
  domNode: place,
  url: place.dataset.description,
  validatorUrl: null,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  requestSnippetsEnabled: false,
});
