/** A phone's lock screen with push cards, as a person sees them. */
import { ActionIcon, Box, TextInput } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { Mark } from "../shell/mark";
import { useSpeech } from "../words/words";
import classes from "./phone.module.css";

export type CardContent = {
  title: string;
  body: string;
  image?: string;
  url?: string;
  at?: number;
  buttons?: { title: string; url?: string }[];
  /** Which kind of phone shows it, where that is not its browser. */
  system?: string;
};

/** What a tap does where an app, not a browser, shows the push: it gets the link, if there is one. */
type Tapped = (url: string) => void;

type PhoneFrameProps = { label: string; name?: string; at?: number; foot?: ReactNode; children: ReactNode };

export function PhoneFrame({ label, name, at, foot, children }: PhoneFrameProps) {
  const { f } = useSpeech();
  return (
    <section className={classes.phone} aria-label={label}>
      <div className={classes.screen}>
        <div className={classes.island} aria-hidden />
        {name && <div className={classes.name}>{name}</div>}
        {at !== undefined && (
          <div className={classes.clock} aria-hidden>
            <b>{f.clock(at)}</b>
            <span>{f.shortDay(at)}</span>
          </div>
        )}
        {/* Scrolls, so that it must be reached by keyboard. */}
        <Box className={classes.cards} role="group" tabIndex={0} aria-label={label}>
          {children}
        </Box>
        {foot}
      </div>
    </section>
  );
}

function Picture({ source }: { source: string }) {
  const [broken, setBroken] = useState(false);
  // A template's own variable is no address yet: show where the picture will be.
  if (broken || source.includes("{{"))
    return <div className={classes.placeholder}>{source.includes("{{") ? source : ""}</div>;
  return <img className={classes.picture} src={source} alt="" onError={() => setBroken(true)} loading="lazy" />;
}

export function PushCard({ push, tapped }: { push: CardContent; tapped?: Tapped }) {
  const { f } = useSpeech();
  const body = (
    <>
      <span className={classes.head}>
        <Mark size={18} />
        <span className={classes.title}>{push.title}</span>
        {push.system && <span className={classes.system}>{push.system}</span>}
        {push.at !== undefined && <time dateTime={new Date(push.at).toISOString()}>{f.clock(push.at)}</time>}
      </span>
      <span className={classes.body}>{push.body}</span>
      {push.image && <Picture key={push.image} source={push.image} />}
    </>
  );
  return (
    <article className={classes.card}>
      {tapped ? (
        <button type="button" className={classes.open} onClick={() => tapped(push.url ?? "")}>
          {body}
        </button>
      ) : push.url ? (
        <a className={classes.open} href={push.url} target="_blank" rel="noopener noreferrer">
          {body}
        </a>
      ) : (
        <div className={classes.open}>{body}</div>
      )}
      {push.buttons && push.buttons.length > 0 && (
        <div className={classes.buttons}>
          {push.buttons.map((button) =>
            tapped ? (
              <button type="button" key={button.title} onClick={() => tapped(button.url ?? "")}>
                {button.title}
              </button>
            ) : button.url ? (
              <a key={button.title} href={button.url} target="_blank" rel="noopener noreferrer">
                {button.title}
              </a>
            ) : (
              <span key={button.title}>{button.title}</span>
            ),
          )}
        </div>
      )}
    </article>
  );
}

export type TextContent = { body: string; sender: string; at: number; note: string; mine: boolean };

/** A text on a phone; one's own answer stands at the right. */
export function TextCard({ text }: { text: TextContent }) {
  const { f, w } = useSpeech();
  return (
    <article className={text.mine ? classes.mine : classes.text}>
      <span className={classes.head}>
        <span className={classes.sender}>{text.mine ? w.sandbox.you : text.sender}</span>
        <time dateTime={new Date(text.at).toISOString()}>{f.clock(text.at)}</time>
      </span>
      <span className={classes.body}>{text.body}</span>
      {text.note && <span className={classes.note}>{text.note}</span>}
    </article>
  );
}

const quick = ["STOP", "HELP", "START"];

/** What whoever holds the phone can write back. */
export function WriteBack({ label, send, busy }: { label: string; send: (words: string) => void; busy: boolean }) {
  const { w } = useSpeech();
  const [words, setWords] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (words.trim() === "") return;
    send(words.trim());
    setWords("");
  };
  return (
    <form className={classes.writeBack} onSubmit={submit} aria-label={label}>
      <span className={classes.quick}>
        {quick.map((word) => (
          <button key={word} type="button" disabled={busy} onClick={() => send(word)}>
            {word}
          </button>
        ))}
      </span>
      <TextInput
        size="xs"
        radius="xl"
        aria-label={w.sandbox.writeBack}
        placeholder={w.sandbox.writeBack}
        maxLength={1600}
        value={words}
        onChange={(change) => setWords(change.currentTarget.value)}
        rightSection={
          <ActionIcon type="submit" variant="subtle" size="sm" disabled={busy} aria-label={w.sandbox.send}>
            <IconSend size={14} aria-hidden />
          </ActionIcon>
        }
      />
    </form>
  );
}
