/** The reader's language: chosen once, kept in the browser, else what the browser asks for. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { en, type Words } from "./en";
import type { ErrorTable } from "./errors";
import { type Format, makeFormat } from "./format";
import { fr } from "./fr";

export const languages = { en, fr };
// Of the errors only the reader's language is loaded; until it is there, they say what the server says.
const ERRORS: Record<Language, () => Promise<{ errors: ErrorTable }>> = {
  en: () => import("./en/errors"),
  fr: () => import("./fr/errors"),
};
export type Language = keyof typeof languages;

type Speech = { w: Words; f: Format; language: Language; choose: (language: Language) => void };

const stored = "relance-language";
const SpeechContext = createContext<Speech | null>(null);

function firstLanguage(): Language {
  const kept = localStorage.getItem(stored);
  if (kept === "en" || kept === "fr") return kept;
  return navigator.language.startsWith("fr") ? "fr" : "en";
}

/** "en" alone would write dates the American way; the browser knows better which English is meant. */
function locale(language: Language): string {
  return navigator.languages.find((name) => name.startsWith(`${language}-`)) ?? (language === "en" ? "en-GB" : "fr-FR");
}

export function SpeechProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const [errors, setErrors] = useState<{ language: Language; table: ErrorTable }>();
  useEffect(() => {
    let isWanted = true;
    ERRORS[language]().then(
      ({ errors: table }) => isWanted && setErrors({ language, table }),
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [language]);
  const speech = useMemo(() => {
    const f = makeFormat(locale(language));
    const choose = (next: Language) => {
      localStorage.setItem(stored, next);
      setLanguage(next);
    };
    const table = errors?.language === language ? errors.table : {};
    return { w: languages[language](f, table), f, language, choose };
  }, [language, errors]);
  return <SpeechContext value={speech}>{children}</SpeechContext>;
}

export function useSpeech(): Speech {
  const speech = useContext(SpeechContext);
  if (speech === null) throw new Error("No language around this component");
  return speech;
}
