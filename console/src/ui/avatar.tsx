import styles from "./avatar.module.css";

const graphemes = new Intl.Segmenter();

/** The first letters of the first and the last word. */
function initialsOf(name: string): string {
  const words = name.split(/[\s@._-]+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => [...graphemes.segment(word ?? "")][0]?.segment ?? "").join("");
}

interface AvatarProps {
  readonly name: string;
  readonly isLarge?: boolean;
}

/** Stands beside the name, which says it all. */
export const Avatar = ({ name, isLarge = false }: AvatarProps) => (
  <span className={`${styles.avatar} ${isLarge ? styles.large : ""}`} aria-hidden>
    {initialsOf(name).toLocaleUpperCase()}
  </span>
);
