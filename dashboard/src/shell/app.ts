/** Which app the page is about: the number in its address. */
import { useParams } from "react-router";
import { useApps } from "../account/session";

/**
 * The app's id, itself once it is read, the address its pages begin with, and what its part of the API is called with.
 */
export function useApp() {
  const id = Number(useParams().app);
  const apps = useApps();
  return {
    id,
    app: apps.data?.find((one) => one.id === id),
    page: (path: string) => `/apps/${id}/${path}`,
    params: { path: { app: id } },
  };
}
