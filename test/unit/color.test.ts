import { expect } from "chai";
import { readFileSync } from "node:fs";
import { accentsOf, contrast, SURFACES } from "../../src/domain/values/color.js";

const CSS = readFileSync("templates/en/pages/tokens.css", "utf8");

/** The colours that a variable of the pages has, in light and in dark mode. */
const variable = (name: string) =>
  [...CSS.matchAll(new RegExp(`--${name}: (#[\\da-f]+);`, "g"))].map(([, color = ""]) =>
    color.length === 4 ? color.replaceAll(/[\da-f]/g, "$&$&") : color,
  );

describe("The colour of a brand", () => {
  it("has the contrast that WCAG computes", () => {
    expect(contrast("#000000", "#ffffff")).to.equal(21);
    expect(contrast("#ffffff", "#777777")).to.be.closeTo(4.48, 0.01);
  });

  for (const color of ["#1d4ed8", "#ffd400", "#ffffff", "#000000", "#00a86b", "#ff0000", "#7f7f7f"]) {
    it(`can be read in both modes, as text and behind text, when it is ${color}`, () => {
      const { light, dark } = accentsOf(color);
      const [onLight = "", onDark = ""] = variable("on-accent");
      expect(contrast(light, SURFACES.light)).to.be.at.least(4.5);
      expect(contrast(light, onLight)).to.be.at.least(4.5);
      expect(contrast(dark, SURFACES.dark)).to.be.at.least(4.5);
      expect(contrast(dark, onDark)).to.be.at.least(4.5);
    });
  }

  it("stays what it is where it can be read", () => {
    expect(accentsOf("#1d4ed8").light).to.equal("#1d4ed8");
    expect(accentsOf("#ffd400").dark).to.equal("#ffd400");
  });

  it("is measured on the least favourable backgrounds that pages have", () => {
    for (const name of ["page", "surface", "field"]) {
      const [light = "", dark = ""] = variable(name);
      expect(contrast("#000000", light)).to.be.at.least(contrast("#000000", SURFACES.light));
      expect(contrast("#ffffff", dark)).to.be.at.least(contrast("#ffffff", SURFACES.dark));
    }
  });
});
