/** Every address of the dashboard. An app's pages live under /apps/{id}. */
import { lazy, Suspense } from "react";
import { Navigate, Route, Routes } from "react-router";
import { ChoosePassword } from "./account/choose-password";
import { useApps, useSession } from "./account/session";
import { Setup } from "./account/setup";
import { SignIn } from "./account/sign-in";
import { JourneyList } from "./journeys/list";
import { ListList } from "./lists/lists";
import { MessageList } from "./messages/list";
import { MessagePage } from "./messages/message";
import { Overview } from "./overview/overview";
import { PeopleList } from "./people/list";
import { PersonPage } from "./people/person";
import { NotThere, PageFailed } from "./pieces/not-there";
import { Waiting } from "./pieces/states";
import { SegmentList } from "./segments/list";
import { SegmentPage } from "./segments/segment";
import { Shell } from "./shell/shell";

// The canvas is the heaviest part and only one page needs it.
const JourneyPage = lazy(() => import("./journeys/journey"));
// These are opened seldom, and after another page.
const NewApp = lazy(async () => ({ default: (await import("./account/new-app")).NewApp }));
const AccountPage = lazy(async () => ({ default: (await import("./account/account")).AccountPage }));
const ListPage = lazy(async () => ({ default: (await import("./lists/list")).ListPage }));
const Developers = lazy(async () => ({ default: (await import("./developers/developers")).Developers }));
const Sandbox = lazy(async () => ({ default: (await import("./sandbox/sandbox")).Sandbox }));
const Sending = lazy(async () => ({ default: (await import("./sending/sending")).Sending }));
const ProviderPage = lazy(async () => ({ default: (await import("./providers/provider")).ProviderPage }));
const NewProvider = lazy(async () => ({ default: (await import("./providers/new")).NewProvider }));
const Suppressed = lazy(async () => ({ default: (await import("./people/suppressed")).Suppressed }));
const NewSegment = lazy(async () => ({ default: (await import("./segments/new")).NewSegment }));
const EditSegment = lazy(async () => ({ default: (await import("./segments/edit")).EditSegment }));
const ExplanationPage = lazy(async () => ({ default: (await import("./segments/explanation")).ExplanationPage }));
const SegmentVersions = lazy(async () => ({ default: (await import("./segments/versions")).SegmentVersions }));

function Home({ to = "overview" }: { to?: string }) {
  const apps = useApps();
  if (apps.isError) return <PageFailed error={apps.error} retry={() => void apps.refetch()} />;
  if (apps.data === undefined) return <Waiting />;
  const first = apps.data[0];
  return <Navigate to={first ? `/apps/${first.id}/${to}` : "/apps/new"} replace />;
}

function SignedIn() {
  const session = useSession();
  if (session.isError) return <PageFailed error={session.error} retry={() => void session.refetch()} />;
  if (session.data === undefined) return <Waiting />;
  if (session.data === null) return <Navigate to="/sign-in" replace />;
  return (
    <Routes>
      <Route path="/" element={<Home />} />
      <Route path="/apps" element={<Home />} />
      <Route path="/sandbox" element={<Home to="sandbox" />} />
      <Route path="/inbox" element={<Home to="sandbox" />} />
      <Route
        path="/apps/new"
        element={
          <Suspense fallback={<Waiting rows={8} />}>
            <NewApp />
          </Suspense>
        }
      />
      <Route path="/apps/:app" element={<Shell />}>
        <Route index element={<Navigate to="overview" replace />} />
        <Route path="overview" element={<Overview />} />
        <Route path="people" element={<PeopleList />} />
        <Route
          path="people/suppressed"
          element={
            <Suspense fallback={<Waiting rows={8} />}>
              <Suppressed />
            </Suspense>
          }
        />
        <Route path="people/:person" element={<PersonPage />} />
        <Route path="segments" element={<SegmentList />} />
        <Route
          path="segments/new"
          element={
            <Suspense fallback={<Waiting rows={8} />}>
              <NewSegment />
            </Suspense>
          }
        />
        <Route path="segments/:segment" element={<SegmentPage />} />
        <Route
          path="segments/:segment/edit"
          element={
            <Suspense fallback={<Waiting rows={8} />}>
              <EditSegment />
            </Suspense>
          }
        />
        <Route
          path="segments/:segment/versions"
          element={
            <Suspense fallback={<Waiting rows={8} />}>
              <SegmentVersions />
            </Suspense>
          }
        />
        <Route path="lists" element={<ListList />} />
        <Route
          path="lists/:list"
          element={
            <Suspense fallback={<Waiting rows={8} />}>
              <ListPage />
            </Suspense>
          }
        />
        <Route
          path="segments/:segment/people/:person"
          element={
            <Suspense fallback={<Waiting rows={8} />}>
              <ExplanationPage />
            </Suspense>
          }
        />
        <Route path="journeys" element={<JourneyList />} />
        <Route
          path="journeys/:journey"
          element={
            <Suspense fallback={<Waiting rows={8} />}>
              <JourneyPage />
            </Suspense>
          }
        />
        <Route path="messages" element={<MessageList />} />
        <Route path="messages/:message" element={<MessagePage />} />
        <Route path="sending" element={<Navigate to="limits" replace />} />
        {(["limits", "providers", "queue"] as const).map((part) => (
          <Route
            key={part}
            path={`sending/${part}`}
            element={
              <Suspense fallback={<Waiting rows={8} />}>
                <Sending part={part} />
              </Suspense>
            }
          />
        ))}
        <Route
          path="sending/providers/new/:type"
          element={
            <Suspense fallback={<Waiting rows={8} />}>
              <NewProvider />
            </Suspense>
          }
        />
        <Route
          path="sending/providers/:provider"
          element={
            <Suspense fallback={<Waiting rows={8} />}>
              <ProviderPage />
            </Suspense>
          }
        />
        <Route
          path="sandbox"
          element={
            <Suspense fallback={<Waiting rows={8} />}>
              <Sandbox />
            </Suspense>
          }
        />
        <Route path="inbox" element={<Navigate to="../sandbox" replace />} />
        <Route
          path="account"
          element={
            <Suspense fallback={<Waiting rows={8} />}>
              <AccountPage />
            </Suspense>
          }
        />
        <Route
          path="developers"
          element={
            <Suspense fallback={<Waiting rows={8} />}>
              <Developers />
            </Suspense>
          }
        />
        <Route path="*" element={<NotThere />} />
      </Route>
      <Route path="*" element={<NotThere />} />
    </Routes>
  );
}

export function Pages() {
  return (
    <Routes>
      <Route path="/sign-in" element={<SignIn />} />
      <Route path="/setup" element={<Setup />} />
      <Route path="/password" element={<ChoosePassword />} />
      <Route path="*" element={<SignedIn />} />
    </Routes>
  );
}
