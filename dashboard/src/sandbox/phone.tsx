/** A phone's lock screen with push cards, as a person sees them. */
import { type ReactNode, useState } from "react";
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
};

type PhoneFrameProps = { label: string; name?: string; at?: number; children: ReactNode };

export function PhoneFrame({ label, name, at, children }: PhoneFrameProps) {
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
        <div className={classes.cards}>{children}</div>
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

export function PushCard({ push }: { push: CardContent }) {
  const { f } = useSpeech();
  const body = (
    <>
      <span className={classes.head}>
        <Mark size={18} />
        <span className={classes.title}>{push.title}</span>
        {push.at !== undefined && <time dateTime={new Date(push.at).toISOString()}>{f.clock(push.at)}</time>}
      </span>
      <span className={classes.body}>{push.body}</span>
      {push.image && <Picture key={push.image} source={push.image} />}
    </>
  );
  return (
    <article className={classes.card}>
      {push.url ? (
        <a className={classes.open} href={push.url} target="_blank" rel="noopener noreferrer">
          {body}
        </a>
      ) : (
        <div className={classes.open}>{body}</div>
      )}
      {push.buttons && push.buttons.length > 0 && (
        <div className={classes.buttons}>
          {push.buttons.map((button) =>
            button.url ? (
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
