/** The reader's language: chosen once, kept in the browser, else what the browser asks for. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { en, type Words } from "./en";
import { type Format, makeFormat } from "./format";
import { fr } from "./fr";

export const languages = { en, fr };
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
  const speech = useMemo(() => {
    const f = makeFormat(locale(language));
    const choose = (next: Language) => {
      localStorage.setItem(stored, next);
      setLanguage(next);
    };
    return { w: languages[language](f), f, language, choose };
  }, [language]);
  return <SpeechContext value={speech}>{children}</SpeechContext>;
}

export function useSpeech(): Speech {
  const speech = useContext(SpeechContext);
  if (speech === null) throw new Error("No language around this component");
  return speech;
}
