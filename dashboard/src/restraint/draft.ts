/** A cap while it is being written: what its form holds, and the rule that comes of it. */
import type { Cap } from "../api/types";
import type { CapRule } from "./sentences";

export const lanes = ["journey", "campaign", "transactional"] as const;
export const windows = ["rolling", "day", "week", "none"] as const;

export type TierDraft = { segment: string | null; most: number | "" };
export type CapDraft = {
  name: string;
  channels: string[];
  classes: Cap["classes"];
  topics: string[];
  window: string;
  most: number | "";
  length: string;
  hasGap: boolean;
  gap: string;
  kept: Record<string, number | "">;
  tiers: TierDraft[];
};

export const emptyCap: CapDraft = {
  name: "",
  channels: [],
  classes: ["marketing"],
  topics: [],
  window: "rolling",
  most: 3,
  length: "7d",
  hasGap: false,
  gap: "4h",
  kept: {},
  tiers: [],
};

export function draftOf(cap: Cap): CapDraft {
  return {
    name: cap.name,
    channels: cap.channels,
    classes: cap.classes,
    topics: cap.topics,
    window: cap.most === null ? "none" : (cap.calendar ?? "rolling"),
    most: cap.most ?? "",
    length: cap.rolling ?? "7d",
    hasGap: cap.gap !== null,
    gap: cap.gap ?? "4h",
    kept: cap.kept,
    tiers: cap.tiers.map(({ segment, most }) => ({ segment: String(segment), most })),
  };
}

/** The rule that the form says; null while something is missing. */
export function ruleOf(draft: CapDraft): CapRule | null {
  const counts = draft.window !== "none";
  const gap = draft.hasGap || !counts ? draft.gap : null;
  const tiers = draft.tiers.flatMap(({ segment, most }) =>
    segment === null || most === "" ? [] : [{ segment: Number(segment), most }],
  );
  if (gap === "" || (counts && draft.most === "") || (draft.window === "rolling" && draft.length === "")) return null;
  if (counts && tiers.length < draft.tiers.length) return null;
  return {
    channels: draft.channels,
    classes: draft.classes,
    topics: draft.topics,
    most: counts ? Number(draft.most) : null,
    rolling: draft.window === "rolling" ? draft.length : null,
    calendar: draft.window === "day" || draft.window === "week" ? draft.window : null,
    gap,
    kept: counts
      ? Object.fromEntries(
          Object.entries(draft.kept).filter((one): one is [string, number] => one[1] !== "" && one[1] > 0),
        )
      : {},
    tiers: counts ? tiers : [],
  };
}
