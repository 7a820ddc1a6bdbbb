/**
 * What an event that Relance itself wrote is about: the name of its segment, journey or message, and that one's page.
 */
import type { PastEvent } from "../api/types";
import { useJourneys } from "../journeys/queries";
import { useMessageName } from "../messages/queries";
import { useSegments } from "../segments/queries";
import { useApp } from "../shell/app";

export type Subject = { name: string; to: string };

export function useSubject(): (event: PastEvent) => Subject | null {
  const { page } = useApp();
  const messageName = useMessageName();
  const segments = useSegments().data;
  const journeys = useJourneys().data;
  return ({ properties: { segment, journey, message } }) => {
    if (typeof segment === "number")
      return {
        name: segments?.find((one) => one.id === segment)?.name ?? String(segment),
        to: page(`segments/${segment}`),
      };
    if (typeof message === "number")
      return { name: messageName(message) ?? String(message), to: page(`messages/${message}`) };
    if (typeof journey === "number")
      return {
        name: journeys?.find((one) => one.id === journey)?.name ?? String(journey),
        to: page(`journeys/${journey}`),
      };
    return null;
  };
}
