// Pages work without this. It adds a switch that shows a password, and tells times in the reader's zone.
for (const input of document.querySelectorAll("input[data-show]")) {
  const button = document.createElement("button");
  const label = () => {
    button.textContent = input.type === "password" ? input.dataset.show : input.dataset.hide;
  };
  button.type = "button";
  button.className = "reveal";
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => {
    input.type = input.type === "password" ? "text" : "password";
    label();
  });
  // Browsers remember what was typed as text.
  input.form.addEventListener("submit", () => {
    input.type = "password";
    label();
  });
  label();
  input.after(button);
}

for (const time of document.querySelectorAll("time[datetime]")) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
  time.title = time.textContent;
  time.textContent = format.format(new Date(time.dateTime));
}
