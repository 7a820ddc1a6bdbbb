/** A change sent to the server: tells how it went, and has what it touched read again. */
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useSpeech } from "../words/words";
import { onceAtATime } from "./once";
import { errorText } from "./states";

/** `told`: failures that the page itself shows. */
type ChangeOptions<V, T> = {
  run: (value: V) => Promise<T>;
  touches: unknown[][];
  done?: string;
  told?: (error: unknown) => boolean;
};

export function useChange<V, T>({ run, touches, done, told }: ChangeOptions<V, T>) {
  const { w } = useSpeech();
  const queries = useQueryClient();
  const closeButtonProps = { "aria-label": w.common.close };
  const newest = useRef(run);
  newest.current = run;
  const [once] = useState(() => onceAtATime((value: V) => newest.current(value)));
  return useMutation({
    mutationFn: once,
    onSuccess: async () => {
      if (done) notifications.show({ message: done, color: "pine", closeButtonProps });
      await Promise.all(touches.map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
    onError: (error) =>
      !told?.(error) && notifications.show({ message: errorText(error, w), color: "red", closeButtonProps }),
  });
}
