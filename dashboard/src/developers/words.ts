/** Words with those of the pages for developers, which are loaded with these pages. */
import { developers, webhooks } from "../words/en/developers";
import { developers as frenchDevelopers, webhooks as frenchWebhooks } from "../words/fr/developers";
import { useSpeech as useCommonSpeech } from "../words/words";

const WORDS = {
  en: { developers, webhooks },
  fr: { developers: frenchDevelopers, webhooks: frenchWebhooks },
};

export function useSpeech() {
  const speech = useCommonSpeech();
  return { ...speech, w: { ...speech.w, ...WORDS[speech.language] } };
}
