/** What the server objects to, at the field it is about. */
import { Failure } from "../api/client";
import type { Words } from "../words/en";
import { errorText } from "./states";

const pathOf = (error: unknown) =>
  error instanceof Failure && typeof error.data.path === "string" ? error.data.path : "";

const isAt = (path: string, name: string) =>
  path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`);

/** Whether the error is about one of these fields, and so is shown there. */
export const isAtField = (error: unknown, names: readonly string[]) => names.some((name) => isAt(pathOf(error), name));

/** The error's sentence for the field that it is about. */
export const errorAt = (error: unknown, name: string, w: Words) =>
  isAt(pathOf(error), name) ? errorText(error, w) : undefined;
