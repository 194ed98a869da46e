.catch((error) => {
  /* Said on the page, and thrown for whoever looks into the console. */
  const box = document.getElementById("empty"), text = document.getElementById("no-drawing").content;
  box.hidden = false;
  box.replaceChildren(text.cloneNode(true));
  throw error;
});
