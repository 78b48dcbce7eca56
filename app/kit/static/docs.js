// Starts the page of /docs. A file of its own, because the page's policy forbids scripts inside it.
window.addEventListener("load", () => {
  SwaggerUIBundle({
    url: "openapi.json",
    dom_id: "#swagger-ui",
    presets: [SwaggerUIBundle.presets.apis],
    validatorUrl: null, // it would send our description to a host outside
    deepLinking: true,
    persistAuthorization: false,
  });
});
