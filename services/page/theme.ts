import { element } from "./element.js";

/** Has the button `theme` change between dark and light. @param key by which the browser remembers the choice */
export function setUpTheme(key: string): void {
  const root = document.documentElement;
  const remembered = localStorage.getItem(key);
  if (remembered !== null) root.dataset["theme"] = remembered;
  element("theme", HTMLButtonElement).addEventListener("click", () => {
    const theme = getComputedStyle(root).colorScheme === "dark" ? "light" : "dark";
    root.dataset["theme"] = theme;
    localStorage.setItem(key, theme);
  });
}
