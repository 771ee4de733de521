import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App, preloadFirst } from "./App";
import { createServices } from "./services";
import "./styles/tokens.css";
import "./styles/base.css";
import { applyTheme, storedTheme } from "./ui/theme";

applyTheme(storedTheme());

const services = createServices(sessionStorage);
preloadFirst(services);

// A link that differs from this page in its fragment only, as a shared dashboard's may, loads nothing by itself.
addEventListener("hashchange", () => location.reload());

const root = document.getElementById("root");
if (!root) throw new Error("the page has no #root");
createRoot(root).render(
  <StrictMode>
    <App services={services} />
  </StrictMode>,
);
