/** Numbers, times and durations as the reader's language writes them. Times are in the viewer's own zone. */

const units: Record<string, string> = { s: "second", m: "minute", h: "hour", d: "day", w: "week" };

export type Format = ReturnType<typeof makeFormat>;

export function makeFormat(locale: string) {
  const number = new Intl.NumberFormat(locale);
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const money = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const moment = new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
  const momentWithYear = new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" });
  const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const shortDay = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
  const languages = new Intl.DisplayNames(locale, { type: "language" });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  const anyOf = new Intl.ListFormat(locale, { type: "disjunction" });

  const unit = (value: number, name: string, display: "long" | "short" = "long") =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: display, maximumFractionDigits: 1 }).format(
      value,
    );

  const inCurrency = (value: number, currency: string) =>
    currency === ""
      ? money.format(value)
      : new Intl.NumberFormat(locale, { style: "currency", currency }).format(value);

  return {
    locale,
    /** A language by its BCP 47 tag. */
    language: (tag: string) => languages.of(tag) ?? tag,
    number: (value: number) => number.format(value),
    compact: (value: number) => (Math.abs(value) < 10_000 ? number.format(value) : compact.format(value)),
    /** An amount; with its currency where one is known. */
    money: (value: number, currency = "") => inCurrency(value, currency),
    /** What was brought, currency by currency: they are never added to each other. */
    revenue: ({ revenues, currency }: { revenues: { currency: string; amount: number }[]; currency: string }) =>
      revenues.length === 0
        ? inCurrency(0, currency)
        : revenues.map((one) => inCurrency(one.amount, one.currency)).join(" + "),
    /** A share that the server has worked out; a dash where there is none. */
    rate: (value: number | null) => (value === null ? "–" : percent.format(value)),
    /** Bytes, as large as a person would say them. */
    bytes: (value: number) =>
      value < 1_000_000
        ? unit(Math.max(1, Math.round(value / 1000)), "kilobyte", "short")
        : unit(value / 1_000_000, "megabyte", "short"),
    decimal: (value: number) => decimal.format(value),
    /** A share of a whole; a dash where there is no whole. */
    share: (part: number, whole: number) => (whole > 0 ? percent.format(part / whole) : "–"),
    moment: (at: number) =>
      (new Date(at).getFullYear() === new Date().getFullYear() ? moment : momentWithYear).format(at),
    exact: (at: number) => exact.format(at),
    day: (at: number) => day.format(at),
    shortDay: (at: number) => shortDay.format(at),
    time: (at: number) => time.format(at),
    clock: (at: number) => clock.format(at),
    list: (parts: string[]) => list.format(parts),
    anyOf: (parts: string[]) => anyOf.format(parts),
    /** "2h" as "2 hours"; a text it does not know stays as it is. */
    duration: (text: string) => {
      const found = /^(\d+)([smhdw])$/.exec(text);
      const name = found ? units[found[2] ?? ""] : undefined;
      return found && name ? unit(Number(found[1]), name) : text;
    },
    /** Milliseconds in the unit a person would choose. */
    span: (ms: number) => {
      if (ms < 1000) return unit(Math.round(ms), "millisecond", "short");
      if (ms < 60_000) return unit(ms / 1000, "second");
      if (ms < 3_600_000) return unit(ms / 60_000, "minute");
      if (ms < 86_400_000) return unit(ms / 3_600_000, "hour");
      return unit(ms / 86_400_000, "day");
    },
  };
}
