// Made by `npm run schema` from the OpenAPI document of the program. Not edited by hand.

export interface paths {
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is set-up needed
         * @description Whether this server has no operator yet.
         */
        get: operations["getSetup"];
        put?: never;
        /**
         * Make the first operator
         * @description Create the first operator and sign in. Needs the token printed at the first start; works once.
         */
        post: operations["setUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who am I
         * @description The signed-in operator, and the CSRF token for changes; null if there is none.
         */
        get: operations["getSession"];
        put?: never;
        /**
         * Sign in
         * @description Sign in with e-mail address and password.
         *
         *     Failures are limited by network and by account. A browser that has signed in before is counted separately.
         */
        post: operations["signIn"];
        /**
         * Sign out
         * @description End the session of the cookie.
         */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change one's password
         * @description Change your own password. All your other sessions end.
         */
        put: operations["changePassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Choose a password by a link
         * @description Choose a password through an invitation or a reset link, and sign in. The link works once; all earlier sessions end.
         */
        post: operations["choosePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where am I signed in
         * @description Your own open sessions, most recently used first.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        /**
         * End all other sessions
         * @description Sign out all your other sessions; returns how many ended.
         */
        delete: operations["endOtherSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a session
         * @description Sign out one of your other sessions.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operators": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List operators
         * @description Everyone who can sign in or was invited.
         */
        get: operations["listOperators"];
        put?: never;
        /**
         * Invite an operator
         * @description Create an operator, who chooses a password through the link in the answer. It is valid for seven days and shown
         *     only now.
         */
        post: operations["inviteOperator"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operators/{operator}/password-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let an operator choose a new password
         * @description A link for an operator who forgot the password, valid for a day; replaces the previous one.
         */
        post: operations["makePasswordLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operators/{operator}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove an operator
         * @description Revoke an operator's access and sessions at once. Refused for the last one who can sign in.
         */
        delete: operations["removeOperator"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List apps
         * @description For an operator all apps; for an API key its own.
         */
        get: operations["listApps"];
        put?: never;
        /**
         * Create an app
         * @description Create an app with a first key of each kind and an identity secret, shown only in this answer.
         *
         *     Operators only.
         */
        post: operations["createApp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an app
         * @description One app and its settings.
         */
        get: operations["getApp"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change an app
         * @description Change name, time zone, language, country, currency, UTM source, site, shop events, hold-out, topics, logo, link hosts,
         *     confirmation mails, days until deletions, and trust in browsers.
         *
         *     The last five need an operator.
         */
        patch: operations["changeApp"];
        trace?: never;
    };
    "/api/v1/apps/{app}/sending": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Pause or resume all sending
         * @description Pause everything the app sends, at once, or resume it.
         */
        put: operations["setSending"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/push-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the key for web push
         * @description The public key with which pages subscribe browsers. Pages can read it at `GET /v1/projects/{browser key}/settings`.
         */
        get: operations["getPushKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List keys
         * @description All keys, including revoked ones, without their texts.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Create a key
         * @description Create a key. Its text is shown only in this answer. Operators only.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/keys/{key}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate a key
         * @description Replace a key by a new one; the old one stops working within a second. Operators only.
         */
        post: operations["rotateKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/keys/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a key
         * @description Revoke a key within a second, permanently. Operators only.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/identity-secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List identity secrets
         * @description The secrets that may sign user ids, without their texts.
         */
        get: operations["listIdentitySecrets"];
        put?: never;
        /**
         * Create an identity secret
         * @description Create another secret to sign user ids with, shown only in this answer.
         *
         *     Two are valid at once, so that they can be rotated without a gap. Operators only.
         */
        post: operations["createIdentitySecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/identity-secrets/{secret}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete an identity secret
         * @description Delete a secret; within a second its signatures prove nothing. Operators only.
         */
        delete: operations["deleteIdentitySecret"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who did what
         * @description Who changed, published, archived, deleted or exported what in the app, and who signed in, newest first. Operators only.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find people
         * @description People by id: all, or by one of `search`, `email` and `alias`.
         */
        get: operations["listPeople"];
        put?: never;
        /**
         * Make or change a person by your id
         * @description Create the person with your id, or give traits to an existing one. Answers once that has settled.
         *
         *     The id is treated as in an `identify`: invisible characters around it are removed, and placeholders (`undefined`, `null`, `0`
         *     …) are refused.
         */
        post: operations["createPerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/people/{person}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a person
         * @description One person: profile, aliases, subscriptions, consents. A merged id leads to the current person.
         */
        get: operations["getPerson"];
        put?: never;
        post?: never;
        /**
         * Forget a person
         * @description Delete a person: profile, history, runs. Events about the time before that arrive later are refused.
         */
        delete: operations["deletePerson"];
        options?: never;
        head?: never;
        /**
         * Change a person
         * @description Set or delete traits, and the states of addresses.
         *
         *     `suppressed` puts an address on the suppression list; `subscribed` takes one off, which only a signed-in operator may.
         */
        patch: operations["changePerson"];
        trace?: never;
    };
    "/api/v1/apps/{app}/people/{person}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a timeline
         * @description Everything that happened to a person, newest first: their own events and those that Relance emitted.
         */
        get: operations["getTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/people/{person}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a person's runs
         * @description All of a person's runs of journeys, newest first.
         */
        get: operations["listPersonRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/people/{person}/missed-entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List entries a person missed
         * @description Events that could have started a run and started none, with the reason, newest first; kept for 90 days.
         */
        get: operations["listMissedEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/people/{person}/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Merge into another
         * @description Merge this person into another, permanently; the answer is the other. Segments and runs follow.
         */
        post: operations["mergePerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/people/{person}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export everything
         * @description Everything stored about one person: profile, segments, events, deliveries, runs.
         */
        get: operations["exportPerson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/people/{person}/consent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set a consent
         * @description Record that a person allows, or no longer allows, messages on a channel about a topic.
         *
         *     A no is recorded as the person's own. A yes has no wording here and is as weak as a trait: 409 if the person had explicitly
         *     said no.
         */
        put: operations["setConsent"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/people/{person}/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a person's consents
         * @description All consent statements of a person, newest record first, with source and proof.
         */
        get: operations["listConsents"];
        put?: never;
        /**
         * Record a consent
         * @description Record a person's yes or no with its proof. A newer yes lifts an older no, including one on their addresses.
         *
         *     A no only needs the channel; a yes needs `source` and `wording`.
         */
        post: operations["recordConsent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record consents of many
         * @description Record statements of up to 1,000 people. Entries for unknown people are returned by index, and those that are refused with
         *     the reason; nothing is recorded of either, and the others are.
         */
        post: operations["recordConsents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/people/{person}/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a person's preferences
         * @description A person's own quiet hours, limit and language. What they allow is under `consents`.
         */
        get: operations["getPreferences"];
        /**
         * Set a person's preferences
         * @description Note what a person decided, as on the preference page. What waits is decided anew.
         */
        put: operations["setPreferences"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/deletion-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deletions that people asked for
         * @description Deletions that were asked for by the links of mails, newest first. What a deleted person asked for stays.
         */
        get: operations["listDeletionRequests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/deletion-requests/{request_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a deletion that a person asked for
         * @description Keep the person, against what they asked for: because they changed their mind, or somebody else read their mail.
         *
         *     Operators only, and in the audit. Whoever has a link can ask again.
         */
        post: operations["cancelDeletionRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List events
         * @description What happened in an app, newest first.
         */
        get: operations["listEvents"];
        put?: never;
        /**
         * Track an event
         * @description Accept one event from a server and answer once it has settled. For many events use the ingest routes.
         */
        post: operations["trackEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/events/names": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List event names
         * @description The event names an app has used, by name.
         */
        get: operations["listEventNames"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/rejected": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was set aside or mended
         * @description Rejected records, and notes on what was corrected in accepted ones: newest first, with the reason.
         */
        get: operations["listRejected"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/held-back": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was held back
         * @description Calls of unproven browsers, by device and user id, newest first. A call applies, and leaves this list, once the same device
         *     sends proof, or a server call names its anonymous id together with the user id. The newest 20 calls of a device are kept.
         */
        get: operations["listHeldBack"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/held-back/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export what was held back
         * @description The same as a CSV file, one line per call; instants in ms, traits and context as JSON.
         */
        get: operations["exportHeldBack"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List segments
         * @description The segments of an app with their sizes, without archived ones.
         */
        get: operations["listSegments"];
        put?: never;
        /**
         * Create a segment
         * @description Create a segment. Its members are available when this returns, unless history is long: then ``building`` is its progress.
         *
         *     Days and dates without a zone get the app's; comparisons of countries get its default country.
         */
        post: operations["createSegment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preview a rule
         * @description How many people a rule would match now, some of them, and how many are reachable, without saving it.
         */
        post: operations["previewSegment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/preview/cost": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cost of keeping a rule
         * @description The cost of keeping a rule live: conditions that are live already are free; others cost memory, and reading
         *     history once.
         */
        post: operations["priceRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/rule-schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The JSON Schema of rules
         * @description The rule language as JSON Schema (2020-12), for editors and generators. Whatever it refuses is refused here.
         */
        get: operations["getRuleSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/conditions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Kinds of conditions
         * @description The kinds of conditions with their fields, as forms: what each field holds, and its initial value.
         */
        get: operations["listConditionKinds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/sentence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say a rule in words
         * @description The rule as a sentence, immediately and without counting.
         */
        post: operations["sayRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/{segment}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a segment
         * @description One segment with its rule and size.
         */
        get: operations["getSegment"];
        put?: never;
        post?: never;
        /**
         * Archive a segment
         * @description Archive a segment: it loses all members and is no longer listed. Refused while a segment, journey or cap depends on it.
         */
        delete: operations["archiveSegment"];
        options?: never;
        head?: never;
        /**
         * Change a segment
         * @description Change name or rule; with a new rule, people enter and leave at once, or after it is built from a long history.
         */
        patch: operations["changeSegment"];
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/{segment}/dependents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what depends on it
         * @description The segments and journeys that depend on a segment, which cannot be archived while there are any.
         */
        get: operations["listSegmentDependents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/{segment}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List members
         * @description The ids of a segment's current members; 409 (``segment_building``) while a new one is being built.
         */
        get: operations["listMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/people/{person}/memberships": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List memberships
         * @description The segments a person is in.
         */
        get: operations["listMemberships"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/{segment}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List versions
         * @description Every version of a segment, newest first: who, when, and the difference.
         */
        get: operations["listSegmentVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/{segment}/versions/{earlier}/difference/{later}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare two versions
         * @description The difference between two versions, in words; either may be the newer one.
         */
        get: operations["compareSegmentVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/{segment}/versions/{earlier}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore a version
         * @description Restore the name and rule of an earlier version, as a new edit; people enter and leave at once.
         */
        post: operations["restoreSegmentVersion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/{segment}/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who entered and left
         * @description Who entered and left in a period, newest first; by default everything known. Unannounced edits are not included.
         */
        get: operations["listSegmentChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/{segment}/course": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Size over time
         * @description Size, entered, left and edited of one segment by interval; by default the last 30 days. Not for archived segments.
         */
        get: operations["getSegmentCourse"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/freshness": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How fresh segments are
         * @description Up to when each segment is accurate, and whether any has fallen behind.
         */
        get: operations["getSegmentFreshness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/{segment}/people/{person}/explanation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask why somebody is in it or not
         * @description Each condition's truth and evidence, the newest deciding events, and when time alone will change it.
         */
        get: operations["explainMembership"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/preview/explanation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask the same of a rule that is not kept
         * @description A rule explained for one person, without saving it.
         */
        post: operations["explainRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/{segment}/members/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export members
         * @description All members as a file: id, your own id, e-mail address. `x-relance-members` is their number.
         */
        get: operations["exportMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/suggestions/properties": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Properties that arrived
         * @description From the newest 2,000 events of that name in the 30 days before the last one; at most a minute old.
         */
        get: operations["suggestProperties"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/suggestions/values": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Values that arrived
         * @description Of one property, from the same sample.
         */
        get: operations["suggestValues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/filters/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read a OneSignal filter list
         * @description The rule that a flat filter list of OneSignal means; anything that has no meaning here is refused with its path.
         */
        post: operations["readFilters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/segments/filters/write": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Write a rule as a OneSignal filter list
         * @description The flat filter list equivalent to a rule; anything that such a list cannot express is refused with its path in
         *     the rule.
         */
        post: operations["writeFilters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/lists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List static lists
         * @description The static lists of an app.
         */
        get: operations["listLists"];
        put?: never;
        /**
         * Create a static list
         * @description Create an empty list.
         */
        post: operations["createList"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/lists/sizes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count who is on lists
         * @description The number of people on each static list, counted on request.
         */
        get: operations["listListSizes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/lists/{list_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a static list
         * @description One list.
         */
        get: operations["getList"];
        put?: never;
        post?: never;
        /**
         * Archive a static list
         * @description Archive a list. Refused while a segment refers to it.
         */
        delete: operations["archiveList"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/lists/{list_id}/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who is on it
         * @description The people on a static list, by id.
         */
        get: operations["listListPeople"];
        put?: never;
        /**
         * Put people on a list
         * @description Add people to a list, or remove them. Answers once that has settled, so that segments reflect it.
         */
        post: operations["changeList"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/lists/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read a file by column
         * @description Read a CSV or text file (the raw body, up to 10 MB) and return the distinct entries of one column, for calls that add
         *     people to a list. Changes nothing. ``column`` and ``header`` are guessed if omitted.
         */
        post: operations["readListFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/lists/{list_id}/dependents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what depends on it
         * @description The segments that refer to a list, which cannot be archived while there are any.
         */
        get: operations["listListDependents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/people/{person}/lists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the lists a person is on
         * @description The static lists a person is on.
         */
        get: operations["listListsOfPerson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the kinds of channel
         * @description What messages can be written for: web push, e-mail … with the fields of each.
         */
        get: operations["listChannels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/messages/{message}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a message
         * @description Fill the message in for a sample of people, as if it were sent now. Nothing is sent, written or counted.
         *
         *     It takes at most five seconds: of heavy templates fewer people are checked.
         */
        post: operations["checkMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List messages
         * @description The messages of an app, without archived ones by default.
         */
        get: operations["listMessages"];
        put?: never;
        /**
         * Create a message
         * @description Create a message; its templates are checked.
         */
        post: operations["createMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/messages/{message}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a message
         * @description One message with its content.
         */
        get: operations["getMessage"];
        put?: never;
        post?: never;
        /**
         * Delete a message
         * @description Delete a message that has no deliveries and that no journey names; otherwise 409: archive it instead.
         */
        delete: operations["deleteMessage"];
        options?: never;
        head?: never;
        /**
         * Change a message
         * @description Change a message. Pending deliveries are sent with the new content.
         */
        patch: operations["changeMessage"];
        trace?: never;
    };
    "/api/v1/apps/{app}/messages/{message}/wordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a message in each language
         * @description Its content in each of its languages: what a translation leaves out is filled up from the language it falls back on.
         */
        get: operations["getMessageWordings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/messages/{message}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test
         * @description Send the message to one person at once, regardless of consent, marked as a test everywhere.
         *
         *     It counts in no figure, moves no segment and starts no journey; the timeline shows it as `message_tested`. Its links are real:
         *     unsubscribing through one is an unsubscription.
         */
        post: operations["testMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/messages/{message}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preview a message
         * @description Fill the message in for one person, as if it were sent now. Nothing is sent, written or counted.
         */
        post: operations["previewMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/messages/{message}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Archive a message
         * @description Archive a message; pending deliveries are still sent. 409 (`message_in_use`) while a live or paused journey sends it.
         */
        post: operations["archiveMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/messages/{message}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take out of the archive
         * @description Restore a message from the archive.
         */
        post: operations["restoreMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/snippets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List snippets
         * @description All snippets of an app by name, with what renders them.
         */
        get: operations["listSnippets"];
        put?: never;
        /**
         * Create a snippet
         * @description Create a snippet, which templates render as `{% render 'name' %}`.
         */
        post: operations["createSnippet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/snippets/{snippet}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a snippet
         * @description One snippet, with what renders it.
         */
        get: operations["getSnippet"];
        put?: never;
        post?: never;
        /**
         * Delete a snippet
         * @description Delete a snippet that nothing renders; otherwise 409 (`snippet_in_use`).
         */
        delete: operations["deleteSnippet"];
        options?: never;
        head?: never;
        /**
         * Change a snippet
         * @description Change what a snippet says, and with it all messages that render it (`used_by`): each gets a new version.
         */
        patch: operations["changeSnippet"];
        trace?: never;
    };
    "/api/v1/apps/{app}/messages/{message}/send": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a message
         * @description Send the message to one person now, by the rules of its class: marketing asks for consent, transactional does not.
         *
         *     With an `Idempotency-Key` the same call sends once, also where its answer was lost and it is made again days later.
         */
        post: operations["sendMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/audiences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List audiences
         * @description An app's audiences, newest first.
         *
         *     One stops by itself when more of its messages (of at least 100) fail to be rendered than `render_error_percent` of the app
         *     says. What waits keeps waiting until an operator resumes or cancels it.
         */
        get: operations["listAudiences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/audiences/{audience}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume an audience
         * @description Let a stopped audience go on; only a signed-in operator may. Failures are counted anew. 409 if it is not stopped.
         */
        post: operations["resumeAudience"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/audiences/{audience}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel an audience
         * @description Send an audience's message to nobody any more; only a signed-in operator may. 409 if it is cancelled already.
         *
         *     What waits for an attempt is skipped as `audience_cancelled`; people whose turn had not come get no delivery at all.
         */
        post: operations["cancelAudience"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/sending-domains": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List sending domains
         * @description How many messages of each sending domain were delivered in 24 hours, and how many were reported as spam.
         *
         *     From 0.3 % of at least 1,000 on, the domain's marketing stops by itself; what follows from what people did goes on.
         */
        get: operations["listSendingDomains"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/sending-domains/{domain}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a domain's marketing
         * @description Let the marketing of a domain be sent again; only a signed-in operator may. 409 if it is not stopped.
         */
        post: operations["resumeSendingDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/journeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List journeys
         * @description The journeys of an app, without archived ones by default.
         */
        get: operations["listJourneys"];
        put?: never;
        /**
         * Create a journey
         * @description Create a draft. Nobody enters it before it is published.
         */
        post: operations["createJourney"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/journeys/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Kinds of nodes
         * @description The kinds of nodes with their fields, as forms: what each field holds, and its initial value.
         *
         *     An edge is a field of the role `edge`; its name is the label by which runs are counted.
         */
        get: operations["listNodeKinds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/journeys/graph-schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The JSON Schema of graphs
         * @description Graphs as JSON Schema (2020-12), for editors and generators. Whatever it refuses is refused here.
         */
        get: operations["getGraphSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/journeys/{journey}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a journey
         * @description One journey with its draft; `published` is the version people enter (0: none).
         */
        get: operations["getJourney"];
        put?: never;
        post?: never;
        /**
         * Delete a journey
         * @description Delete a journey that nobody ever entered; otherwise 409 (`journey_entered`): archive it instead.
         */
        delete: operations["deleteJourney"];
        options?: never;
        head?: never;
        /**
         * Change a journey's draft
         * @description Change the draft; active runs and new entries follow the published version.
         */
        patch: operations["changeJourney"];
        trace?: never;
    };
    "/api/v1/apps/{app}/journeys/{journey}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish
         * @description Make the draft the version that people enter from now on; active runs keep theirs.
         *
         *     Refused if it names something missing or archived, or if no event can match its entry.
         */
        post: operations["publishJourney"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/journeys/{journey}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause
         * @description Stop entries and sending; events still end or move runs. What is due waits (`pending`, `journey_paused`).
         */
        post: operations["pauseJourney"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/journeys/{journey}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume
         * @description Resume after a pause. Waits that ended meanwhile end at their own instants, and waiting messages are sent: they are as old
         *     as they would have been, and one past its `valid_for` is skipped as `expired`.
         */
        post: operations["resumeJourney"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/journeys/{journey}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Archive a journey
         * @description End the journey and all its runs, permanently; their pending messages are not sent.
         */
        post: operations["archiveJourney"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/journeys/{journey}/publishing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What publishing would do
         * @description The answer that publishing the draft would get, without doing it.
         */
        get: operations["tryPublishing"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/journeys/{journey}/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count runs per node and edge
         * @description How many runs arrived at each node, are waiting there, and were ended there; by edge and exit event; the goal and
         *     revenue.
         */
        get: operations["countRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/journeys/{journey}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List runs
         * @description The runs of a journey, newest first.
         */
        get: operations["listRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deliveries
         * @description What was sent, failed, was skipped or is waiting, newest first. “Why did she not get it?” is this with person and
         *     message.
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/people/{person}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a person's deliveries
         * @description Everything sent to a person, or skipped with a reason, newest first.
         */
        get: operations["listPersonDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/deliveries/{delivery}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show what was sent
         * @description What a delivery said, word for word: the version of its message that was sent, filled in as it was then.
         *
         *     Links are as they were written and lead through none of ours; the one to unsubscribe leads nowhere. 404 `content_not_kept`
         *     says why there is nothing: it was never sent, is longer ago than `content_days` (a setting), or was erased with its person.
         */
        get: operations["getDeliveryContent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What waits to be sent
         * @description How many deliveries of the app wait on each channel, since when, and what holds them back until when.
         *
         *     Of each channel 10,000 deliveries are counted at most.
         */
        get: operations["getQueue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/reports/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An app at a glance
         * @description People, events, segment sizes, runs by node, and the results of messages.
         */
        get: operations["getOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/reports/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What messages came to
         * @description Sent, opened, clicked, converted, revenue: by message, by channel and in total.
         */
        get: operations["getMessagesReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/reports/skipped": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was not sent, and why
         * @description Everything skipped, by reason and by message.
         */
        get: operations["getSkippedReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/reports/segments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Segments over time
         * @description Size, entered and left by interval; by default the last 30 days. Intervals of ``every`` ms start at ``since``: for days of
         *     a time zone, pass one of its midnights; days on which clocks change are not adjusted.
         */
        get: operations["getSegmentsReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/reports/rfm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * RFM cells
         * @description How recently and how often people bought, as ten named cells; empty below 100 buyers or 60 days.
         */
        get: operations["getRfmReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/reports/latency": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How fast it was
         * @description Real time from an event's acceptance to segments and to the message, on this server.
         */
        get: operations["getLatencyReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/caps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List caps
         * @description All frequency caps of an app: 100 at most.
         */
        get: operations["listCaps"];
        put?: never;
        /**
         * Create a cap
         * @description Create a frequency cap. What was sent before it counts, too.
         */
        post: operations["createCap"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/caps/{cap}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a cap
         * @description One frequency cap.
         */
        get: operations["getCap"];
        put?: never;
        post?: never;
        /**
         * Delete a cap
         * @description Delete a frequency cap, at once.
         */
        delete: operations["deleteCap"];
        options?: never;
        head?: never;
        /**
         * Change a cap
         * @description Change a frequency cap. It holds from now on, for what waits as well.
         */
        patch: operations["changeCap"];
        trace?: never;
    };
    "/api/v1/apps/{app}/country-hours": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List country hours
         * @description When countries let marketing be sent to phones. An app's own quiet hours come on top: they only take time away.
         */
        get: operations["listCountryHours"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/quiet-hours": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List quiet hours
         * @description All quiet hours of an app: 50 at most. They all hold together.
         */
        get: operations["listQuietHours"];
        put?: never;
        /**
         * Create quiet hours
         * @description Create quiet hours, in the local time of whoever gets a message.
         */
        post: operations["createQuietHours"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/quiet-hours/{hours}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read quiet hours
         * @description Quiet hours, by id.
         */
        get: operations["getQuietHours"];
        put?: never;
        post?: never;
        /**
         * Delete quiet hours
         * @description Delete quiet hours, at once.
         */
        delete: operations["deleteQuietHours"];
        options?: never;
        head?: never;
        /**
         * Change quiet hours
         * @description Change quiet hours. They hold from now on, for what is decided anew.
         */
        patch: operations["changeQuietHours"];
        trace?: never;
    };
    "/api/v1/apps/{app}/providers/types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Kinds of providers
         * @description The kinds of providers, with the settings and secrets that each needs.
         */
        get: operations["listProviderTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/providers/routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where messages leave
         * @description For each channel, the provider that the app's messages go through, and what carries them without one.
         */
        get: operations["listProviderRoutes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List providers
         * @description All providers of an app, without their secrets: 50 at most.
         */
        get: operations["listProviders"];
        put?: never;
        /**
         * Add a provider
         * @description Add a provider. Its secrets are stored encrypted, and are in no answer, export or log.
         */
        post: operations["createProvider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/providers/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a provider
         * @description One provider, without its secrets.
         */
        get: operations["getProvider"];
        put?: never;
        post?: never;
        /**
         * Delete a provider
         * @description Delete it with its secrets, at once and permanently. What waits goes through the server's own, or is skipped.
         */
        delete: operations["deleteProvider"];
        options?: never;
        head?: never;
        /**
         * Change a provider
         * @description Change its name or settings, replace secrets, make it the active one of its channel or stop using it.
         */
        patch: operations["changeProvider"];
        trace?: never;
    };
    "/api/v1/apps/{app}/providers/{provider}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test
         * @description Send a fixed text to an address through the provider, active or not, and return what it answered.
         */
        post: operations["testProvider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/push-subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take over push subscriptions
         * @description Take over up to 1,000 browsers that subscribed with another system's key. They are asked nothing.
         *
         *     First add the key pair as a provider of the type `vapid`. Taking over the same again changes nothing.
         */
        post: operations["importPushSubscriptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/push-subscriptions/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take over push subscriptions from a file
         * @description The same from a CSV file with a first line of names, or from NDJSON with an object a line (the raw body, up to 10 MB).
         *
         *     Columns are named as the fields, or as OneSignal's export names them (`identifier`, `web_p256`, `web_auth`,
         *     `external_user_id`); others are ignored.
         */
        post: operations["importPushSubscriptionFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/device-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report a phone's device token
         * @description Say whose token it is, as `context.device.token` of an event does: whoever had it before has it no more.
         *
         *     Answers once that has settled. The same again changes nothing; it is no visit of the person.
         */
        post: operations["reportDeviceToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/device-tokens/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Remove a phone's device token
         * @description Nothing more is sent to it: somebody has signed out, or taken the app off the phone. Removing one that nobody has changes
         *     nothing.
         */
        post: operations["removeDeviceToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/suppressions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List suppressed addresses
         * @description The addresses that nothing is sent to, newest first.
         */
        get: operations["listSuppressions"];
        put?: never;
        /**
         * Suppress an address
         * @description Put an address on the list: at once, and for whoever has it now or later. One that is on it stays as it is.
         */
        post: operations["addSuppression"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/suppressions/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count suppressed addresses
         * @description How many addresses are suppressed, by channel and reason.
         */
        get: operations["countSuppressions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/suppressions/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export suppressed addresses
         * @description The list as CSV, which an import takes. Addresses of deleted people are not known any more and are left out.
         */
        get: operations["exportSuppressions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/suppressions/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Suppress the addresses of a file
         * @description Put the addresses of a CSV file (the raw body, up to 50 MB) on the list.
         *
         *     The first row may name the columns: `address` (or `email`, `phone`), and if you like `channel`, `country`, `reason` and
         *     `note`; capitals, spaces, hyphens and underscores make no difference. Without such a row the first column has the addresses.
         *     Bad lines are left out and listed; a file that cannot be read to its end changes nothing.
         */
        post: operations["importSuppressions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/suppressions/{suppression}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a suppressed address
         * @description One entry of the suppression list.
         */
        get: operations["getSuppression"];
        put?: never;
        post?: never;
        /**
         * Allow a suppressed address again
         * @description Take an address off the list; only a signed-in operator may.
         *
         *     Consent is asked for as before: who complained has also said no to marketing, and stays unsubscribed from it. 409
         *     (`complaint_stands`) for a complaint without `lift_complaint`.
         */
        delete: operations["removeSuppression"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhooks
         * @description All webhooks of an app, without their secrets: 20 at most.
         */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Create a webhook
         * @description Create a webhook. From now on it gets everyone who enters or leaves; its secret is shown only in this answer.
         */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/webhooks/{webhook}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a webhook
         * @description One webhook with its state.
         */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /**
         * Delete a webhook
         * @description Delete it, at once and permanently.
         */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /**
         * Change a webhook
         * @description Change its address or segments, pause it, or resume it: a failed message is retried at once.
         */
        patch: operations["changeWebhook"];
        trace?: never;
    };
    "/api/v1/apps/{app}/webhooks/{webhook}/skip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Go on from now
         * @description Skip what has not been sent, and continue from now.
         */
        post: operations["skipWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/webhooks/{webhook}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate the secret
         * @description Sign with another secret from now on.
         */
        post: operations["rotateWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{app}/webhooks/{webhook}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test message
         * @description Send one test message, even if the webhook is paused, and return the result.
         */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** Accepted */
        Accepted: {
            message_id: string;
        };
        /** Alias */
        Alias: {
            kind: string;
            value: string;
        };
        /** App */
        App: {
            id: number;
            name: string;
            slug: string;
            settings: components["schemas"]["AppSettings"];
            created_at: number;
            version: number;
        };
        /** AppChange */
        AppChange: {
            /** @description The version that was read; 409 if it is no longer the current one. */
            version: number;
            /** @example Shop */
            name?: string | null;
            /**
             * @description An IANA time zone.
             * @example Europe/Paris
             */
            timezone?: string | null;
            /**
             * @description A BCP 47 language tag.
             * @example fr
             */
            language?: string | null;
            /**
             * @description ISO 3166, two capital letters: of people whose country is not known; empty: none.
             * @example FR
             */
            country?: string | null;
            /**
             * @description Hosts that values may lead tracked links to: `shop.example`, or `*.shop.example` for all below it.
             * @example [
             *       "shop.example",
             *       "*.shop.example"
             *     ]
             */
            link_hosts?: string[] | null;
            /**
             * @description ISO 4217, three capital letters: of amounts that name none; empty: not known.
             * @example EUR
             */
            currency?: string | null;
            /** @description Whether pages do not sign user ids yet. Then calls with a browser key are taken at their word, except about people of whom a server or a signed call has spoken: for a first try without a server. */
            trust_unsigned_browsers?: boolean | null;
            /** @description Whether an e-mail address that is nobody's, and that only a browser without proof told, gets one mail that asks whoever reads it to confirm it. */
            confirm_addresses?: boolean | null;
            /** @description The share of people, in percent, who get no marketing, so that the others can be compared with them; 0: nobody. */
            hold_out_percent?: number | null;
            /** @description More failures to render than this, in percent of at least 100 messages, stop an audience; 100: never. */
            render_error_percent?: number | null;
            /** @description Picture on the pages that mails lead to: a PNG, JPEG, GIF or WebP as a data URL; empty: the app's name. */
            logo?: string | null;
            /**
             * @description Topics that people can choose from on the preference page, in order; none: those of the app's messages.
             * @example [
             *       {
             *         "topic": "offers",
             *         "titles": {
             *           "en": "Offers",
             *           "fr": "Offres"
             *         }
             *       }
             *     ]
             */
            topics?: components["schemas"]["TopicTitles"][] | null;
            /** @description How many days after it was confirmed a deletion takes place that was asked for on the preference page; until then it can be cancelled. 0: the page offers none. */
            deletion_days?: number | null;
            /**
             * @description `utm_source` that tracked links carry, with `utm_medium` and `utm_campaign`; empty: they carry none.
             * @example relance
             */
            utm_source?: string | null;
            /**
             * @description Address of the app's site, which templates read as `app.site`; empty: none.
             * @example https://shop.example
             */
            site?: string | null;
            shop_events?: components["schemas"]["ShopEvents"] | null;
        };
        /** AppCreation */
        AppCreation: {
            /** @example Shop */
            name: string;
            /**
             * @description An IANA time zone.
             * @default UTC
             * @example Europe/Paris
             */
            timezone: string;
            /**
             * @description A BCP 47 language tag.
             * @default en
             * @example fr
             */
            language: string;
            /**
             * @description ISO 3166, two capital letters: of people whose country is not known; empty: none.
             * @default
             * @example FR
             */
            country: string;
            /**
             * @description Hosts that values may lead tracked links to: `shop.example`, or `*.shop.example` for all below it.
             * @example [
             *       "shop.example",
             *       "*.shop.example"
             *     ]
             */
            link_hosts?: string[];
            /**
             * @description ISO 4217, three capital letters: of amounts that name none; empty: not known.
             * @default
             * @example EUR
             */
            currency: string;
            /**
             * @description Whether pages do not sign user ids yet. Then calls with a browser key are taken at their word, except about people of whom a server or a signed call has spoken: for a first try without a server.
             * @default false
             */
            trust_unsigned_browsers: boolean;
            /**
             * @description Whether an e-mail address that is nobody's, and that only a browser without proof told, gets one mail that asks whoever reads it to confirm it.
             * @default true
             */
            confirm_addresses: boolean;
        };
        /** AppSettings */
        AppSettings: {
            /**
             * @description IANA zone used where a person's own zone is not known.
             * @default UTC
             */
            timezone: string;
            /**
             * @description Language used where a person's own is not known (BCP 47).
             * @default en
             */
            language: string;
            /**
             * @description Country used where a person's own is not known (ISO 3166, two capital letters); empty: none.
             * @default
             */
            country: string;
            /**
             * @description Hosts that values of events and people may lead tracked links to, such as `shop.example` or `*.shop.example`. Hosts that stand in a message itself need not be here.
             * @default []
             */
            link_hosts: string[];
            /**
             * @description Currency of amounts that name none (ISO 4217, three capital letters); empty: not known.
             * @default
             */
            currency: string;
            /**
             * @description Tracked links tell the analytics of their target where a click came from: `utm_source` is this, `utm_medium` the channel, `utm_campaign` the message's name. Links with such parameters of their own stay; empty: none is added.
             * @default
             */
            utm_source: string;
            /**
             * @description Nothing is sent while this is on.
             * @default false
             */
            sending_paused: boolean;
            /**
             * @description Calls with a browser key are taken at their word although they prove no user id: whoever reads the page's source can speak for people of whom no server has spoken. For a first try without a server.
             * @default false
             */
            trust_unsigned_browsers: boolean;
            /**
             * @description The share of people, in percent, who get no marketing, so that the others can be compared with them. Who they are stays the same; 0: nobody.
             * @default 0
             */
            hold_out_percent: number;
            /**
             * @description An audience stops by itself when more of its messages than this, in percent and of at least 100, fail to be rendered; 100: never.
             * @default 5
             */
            render_error_percent: number;
            /**
             * @description An e-mail address that only a browser without proof told, and that is nobody's, gets one mail that asks whoever reads it to confirm it.
             * @default true
             */
            confirm_addresses: boolean;
            /**
             * @description Picture on the pages that mails lead to, as a data URL of up to 40,000 bytes; empty: the app's name.
             * @default
             */
            logo: string;
            /**
             * @description How many days after it was confirmed a deletion takes place that was asked for on the preference page; until then it can be cancelled. 0: the page offers none.
             * @default 7
             */
            deletion_days: number;
            /**
             * @description Topics that people can choose from on the preference page, in order; none: those of the app's messages.
             * @default []
             */
            topics: components["schemas"]["TopicTitles"][];
            /**
             * @description Address of the app's site, which templates read as `app.site`; empty: none.
             * @default
             */
            site: string;
            /** @description The events that `last_viewed` and `last_cart` of templates come from. */
            shop_events?: components["schemas"]["ShopEvents"];
        };
        /** AudienceAnswer */
        AudienceAnswer: {
            id: number;
            message_id: number;
            channel: string;
            lane: string;
            state: components["schemas"]["AudienceState"];
            created_at: number;
            size: number;
            entered: number;
            rendered: number;
            failed: number;
            /** @description Since when nothing leaves, since too many messages failed. */
            stopped_at: number | null;
            cancelled_at: number | null;
        };
        /**
         * AudienceState
         * @description Where an audience stands.
         * @enum {string}
         */
        AudienceState: "goes_on" | "stopped" | "cancelled";
        /** AuditLine */
        AuditLine: {
            id: number;
            actor: string;
            name: string;
            action: string;
            target: string;
            target_name: string;
            detail: {
                [key: string]: unknown;
            };
            occurred_at: number;
        };
        /** BadLine */
        BadLine: {
            line: number;
            message: string;
            reason: string | null;
            parameters: {
                [key: string]: unknown;
            };
        };
        /** Cap */
        Cap: {
            id: number;
            app_id: number;
            name: string;
            channels: string[];
            classes: components["schemas"]["MessageClass"][];
            topics: string[];
            most: number | null;
            rolling: string | null;
            /** @enum {null|string} */
            calendar: "day" | "week" | null;
            gap: string | null;
            kept: {
                [key: string]: number;
            };
            tiers: components["schemas"]["Tier"][];
            version: number;
            created_at: number;
            updated_at: number;
        };
        /** CapChange */
        CapChange: {
            /** @description The version that was read; 409 if it is no longer the current one. */
            version: number;
            /** @example Three a week */
            name?: string;
            /** @description Channels it concerns and counts; empty means all. */
            channels?: string[];
            /** @description Classes it concerns and counts; empty means all. */
            classes?: components["schemas"]["MessageClass"][];
            /** @description Topics it concerns and counts; empty means all. */
            topics?: string[];
            /** @description Messages in the window; null for a gap alone. */
            most?: number | null;
            /**
             * @description A rolling window, up to 31 days.
             * @example 24h
             * @example 7d
             */
            rolling?: string | null;
            /** @description Instead: the person's day, or their week from Monday, in their time zone. */
            calendar?: ("day" | "week") | null;
            /**
             * @description The minimum time between two messages.
             * @example 4h
             */
            gap?: string | null;
            /**
             * @description Lane → how many of the limit only that lane may use.
             * @example {
             *       "journey": 1
             *     }
             */
            kept?: {
                [key: string]: number;
            };
            /** @description Limits of segments: the first that the person is in replaces `most`. */
            tiers?: components["schemas"]["Tier"][];
        };
        /** CapCreation */
        CapCreation: {
            /** @example Three a week */
            name: string;
            /** @description Channels it concerns and counts; empty means all. */
            channels?: string[];
            /** @description Classes it concerns and counts; empty means all. */
            classes?: components["schemas"]["MessageClass"][];
            /** @description Topics it concerns and counts; empty means all. */
            topics?: string[];
            /** @description Messages in the window; null for a gap alone. */
            most?: number | null;
            /**
             * @description A rolling window, up to 31 days.
             * @example 24h
             * @example 7d
             */
            rolling?: string | null;
            /**
             * @description Instead: the person's day, or their week from Monday, in their time zone.
             * @enum {null|string}
             */
            calendar?: "day" | "week" | null;
            /**
             * @description The minimum time between two messages.
             * @example 4h
             */
            gap?: string | null;
            /**
             * @description Lane → how many of the limit only that lane may use.
             * @example {
             *       "journey": 1
             *     }
             */
            kept?: {
                [key: string]: number;
            };
            /** @description Limits of segments: the first that the person is in replaces `most`. */
            tiers?: components["schemas"]["Tier"][];
        };
        /** CellRow */
        CellRow: {
            cell: string;
            people: number;
            share: number | null;
            purchases: number;
            spent: number | null;
        };
        /**
         * Channel
         * @description The channel of rows that name none.
         * @default email
         * @enum {string}
         */
        Channel: "web_push" | "mobile_push" | "email" | "sms" | "webhook";
        /** ChannelAnswer */
        ChannelAnswer: {
            channel: components["schemas"]["Channel"];
            /** @description Language → its name within a sentence. */
            labels: {
                [key: string]: string;
            };
            /** @description JSON schema of a message's `content`; each text is a Liquid template. */
            content: {
                [key: string]: unknown;
            };
            /** @description What becomes known of a message besides clicks. */
            measures: string[];
            implies_consent: boolean;
            /** @description Field of `content` → the browsers that do not show it in any version. */
            not_shown: {
                [key: string]: string[];
            };
        };
        /** ChannelList */
        ChannelList: {
            channels: components["schemas"]["ChannelAnswer"][];
        };
        /** ChannelQueue */
        ChannelQueue: {
            channel: string;
            waiting: number;
            is_more: boolean;
            sending: number;
            entering: number;
            groups: components["schemas"]["QueueGroup"][];
        };
        /** ChannelRow */
        ChannelRow: {
            channel: string;
            outcome: components["schemas"]["Outcome"];
        };
        /** ClassSwitches */
        ClassSwitches: {
            obeys_caps: boolean;
            counts_toward_caps: boolean;
            obeys_quiet_hours: boolean;
        };
        /** ConsentAnswer */
        ConsentAnswer: {
            channel: string;
            topic: string;
            granted: boolean;
            source: string;
            changed_at: number;
            /** @description Said by the person or on their behalf: no trait lifts such a no. False: told by traits. */
            explicit: boolean;
        };
        /** ConsentChange */
        ConsentChange: {
            channel: components["schemas"]["Channel"];
            granted: boolean;
            /**
             * @default general
             * @example general
             */
            topic: string;
        };
        /** ConsentOf */
        ConsentOf: {
            channel: components["schemas"]["Channel"];
            granted: boolean;
            /**
             * @default general
             * @example general
             */
            topic: string;
            /**
             * @description Where it was given. A yes needs it.
             * @default
             * @example checkout form, 2026-11
             */
            source: string;
            /**
             * @description What was agreed to, as it was put. A yes needs it.
             * @default
             * @example Yes, send me the shop's offers by e-mail.
             */
            wording: string;
            /** @description When it was given, in ms since 1970; now, if left out. */
            occurred_at?: number | null;
            /** @description An address that it names beside those the person has, whosever it is by now. */
            address?: string | null;
            /** @description Anything else that shows it; kept as it is, 4 KB at most. */
            proof?: {
                [key: string]: unknown;
            };
            person?: number | null;
            user_id?: string | null;
            email?: string | null;
        };
        /** ConsentRecordAnswer */
        ConsentRecordAnswer: {
            id: string;
            channel: string;
            topic: string;
            granted: boolean;
            explicit: boolean;
            source: string;
            wording: string;
            proof: {
                [key: string]: unknown;
            };
            occurred_at: number;
            recorded_at: number;
        };
        /** ConsentsRecorded */
        ConsentsRecorded: {
            recorded: number;
            unknown: number[];
            refused: components["schemas"]["RefusedConsent"][];
        };
        /** Cost */
        Cost: {
            conditions: number;
            live: number;
            bytes: number;
            events: number;
        };
        /** CountryHoursAnswer */
        CountryHoursAnswer: {
            country: string;
            channels: string[];
            start: string;
            end: string;
            never_on: ("monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday")[];
            no_holidays: boolean;
            source: string;
            read_on: string;
        };
        /** Counts */
        Counts: {
            items: components["schemas"]["NodeCount"][];
            edges: components["schemas"]["EdgeCount"][];
            totals: components["schemas"]["Totals"];
            goal: components["schemas"]["GoalCount"] | null;
            revenue: number | null;
            currency: string;
            revenues: components["schemas"]["Money"][];
        };
        /** Course */
        Course: {
            since: number;
            until: number;
            every: number;
            size: number;
            entered: number;
            left: number;
            merged: number;
            edited: components["schemas"]["Edited"];
            points: components["schemas"]["SegmentPoint"][];
        };
        /** Decisive */
        Decisive: {
            event: string;
            occurred_at: number;
            position: number;
            /** @default  */
            message_id: string;
        };
        /** DeletionRequestAnswer */
        DeletionRequestAnswer: {
            id: string;
            person_id: number;
            state: components["schemas"]["DeletionState"];
            asked_at: number;
            expires_at: number;
            confirmed_at: number | null;
            due_at: number | null;
            ended_at: number | null;
            /** @description Who cancelled it: `link`, or as in the audit (`operator:1`); else empty. */
            ended_by: string;
        };
        /**
         * DeletionState
         * @description What has become of a request.
         * @enum {string}
         */
        DeletionState: "asked" | "expired" | "scheduled" | "under_way" | "done" | "cancelled" | "void";
        /** DeliveryAnswer */
        DeliveryAnswer: {
            id: string;
            person_id: number;
            subscription_id: number;
            channel: string;
            address: string;
            message_id: number;
            journey_id: number;
            run_id: string;
            node: string;
            is_test: boolean;
            state: components["schemas"]["DeliveryState"];
            reason: string;
            why: string;
            detail: string;
            held_by: string;
            message_class: string;
            topic: string;
            lane: string;
            created_at: number;
            due_at: number;
            attempts: number;
            sent_at: number | null;
            delivered_at: number | null;
            opened_at: number | null;
            clicked_at: number | null;
            dismissed_at: number | null;
            bounced_at: number | null;
            /** @description `hard`: there is no such mailbox; `soft`: it may be reached another time; `sender`: the sending domain, the content or a policy was at fault; empty: it has not come back. */
            bounce_type: string;
            complained_at: number | null;
            unsubscribed_at: number | null;
            converted_at: number | null;
            conversions: number;
            direct: boolean;
            revenue: number | null;
            currency: string;
            revenues: components["schemas"]["Money"][];
            /** @description In which it was written; empty: its message names no language, or it was not written yet. */
            language: string;
            /** @description The audience that it is for a person of; 0: none. */
            audience_id: number;
        };
        /** DeliveryContent */
        DeliveryContent: {
            delivery_id: string;
            message_id: number;
            version: number;
            name: string;
            channel: components["schemas"]["Channel"];
            address: string;
            sent_at: number;
            content: {
                [key: string]: unknown;
            };
            language: string | null;
        };
        /**
         * DeliveryState
         * @description Where a delivery stands. The last four are final.
         * @enum {string}
         */
        DeliveryState: "pending" | "sending" | "sent" | "failed" | "skipped" | "unknown";
        /** Dependent */
        Dependent: {
            /** @enum {string} */
            kind: "segment" | "journey" | "cap";
            id: number;
            name: string;
        };
        /** Dependents */
        Dependents: {
            items: components["schemas"]["Dependent"][];
        };
        /** DeviceTokenAnswer */
        DeviceTokenAnswer: {
            token: string;
            person: number | null;
            state: components["schemas"]["SubscriptionState"] | null;
        };
        /** DeviceTokenRemoval */
        DeviceTokenRemoval: {
            /** @description As APNs or FCM gave it out. */
            token: string;
        };
        /** DeviceTokenReport */
        DeviceTokenReport: {
            /** @description As APNs or FCM gave it out. */
            token: string;
            /** @default  */
            user_id: string;
            /** @default  */
            anonymous_id: string;
            /**
             * @description `ios` or `android`, by which messages to one phone a kind tell them.
             * @default
             */
            type: string;
            /** @default  */
            model: string;
            /** @default  */
            replaces: string;
        };
        /** DifferenceAnswer */
        DifferenceAnswer: {
            renamed: components["schemas"]["Renaming"] | null;
            added: components["schemas"]["SaidCondition"][];
            removed: components["schemas"]["SaidCondition"][];
            regrouped: boolean;
            meaning_changed: boolean;
        };
        /** Doubt */
        Doubt: {
            code: string;
            path: string;
            message: string;
            reason?: string | null;
            parameters?: {
                [key: string]: unknown;
            };
        };
        /** EdgeCount */
        EdgeCount: {
            version: number;
            node: string;
            way: string;
            to: string | null;
            event: string;
            runs: number;
        };
        /** Edited */
        Edited: {
            entered: number;
            left: number;
        };
        /** ErrorAnswer */
        ErrorAnswer: {
            error: components["schemas"]["ErrorDetail"];
        };
        /** ErrorDetail */
        ErrorDetail: {
            code: string;
            message: string;
            reason: string | null;
            parameters: {
                [key: string]: unknown;
            };
            data: {
                [key: string]: unknown;
            };
        };
        /** EventName */
        EventName: {
            name: string;
            count: number;
            first_at: number;
            last_at: number;
        };
        /** ExitCount */
        ExitCount: {
            event: string;
            runs: number;
        };
        /** ExplainedPart */
        ExplainedPart: {
            /** @enum {string} */
            kind: "all" | "any" | "not" | "segment" | "condition";
            holds: boolean;
            changes_at: number | null;
            looked_until: number | null;
            parts: components["schemas"]["ExplainedPart"][];
            condition: {
                [key: string]: unknown;
            } | null;
            sentence: components["schemas"]["Sentences"] | null;
            /** @enum {null|string} */
            measure: "count" | "sum" | "average" | "min" | "max" | "distinct" | "days" | "first" | "last" | "pairs" | "gaps" | "inside" | "unopened" | "value" | "default" | "spot" | "arrivals" | "percent" | null;
            found: unknown;
            events: components["schemas"]["Decisive"][];
            last_outside: number | null;
        };
        /** Explanation */
        Explanation: {
            person_id: number;
            now: number;
            member: boolean | null;
            rule: components["schemas"]["ExplainedPart"];
        };
        /** ExplanationRequest */
        ExplanationRequest: {
            /**
             * @description `{"all": […]}`, `{"any": […]}`, `{"not": {…}}`, or a condition with a `kind`; see the rules of segments.
             * @example {
             *       "kind": "behaviour",
             *       "event": "Order Completed",
             *       "compare": ">=",
             *       "value": 2,
             *       "window": {
             *         "last": "30d"
             *       }
             *     }
             */
            rule: {
                [key: string]: unknown;
            };
            person: number;
        };
        /** Export */
        Export: {
            person: components["schemas"]["PersonAnswer"];
            memberships: components["schemas"]["Membership"][];
            events: components["schemas"]["PastEvent"][];
            deliveries: components["schemas"]["DeliveryAnswer"][];
            runs: components["schemas"]["RunAnswer"][];
            consent_records: components["schemas"]["ConsentRecordAnswer"][];
            deletion_requests: components["schemas"]["DeletionRequestAnswer"][];
        };
        /** FaultCountAnswer */
        FaultCountAnswer: {
            reason: components["schemas"]["SkipReason"];
            path: string;
            detail: string;
            detail_reason: string | null;
            detail_parameters: {
                [key: string]: unknown;
            };
            people: number;
            example: number;
        };
        /** FieldForm */
        FieldForm: {
            name: string;
            role: components["schemas"]["Role"];
            required: boolean;
            default: unknown;
            begins: unknown;
            choices: string[];
            minimum: number | null;
            maximum: number | null;
        };
        /** FileColumn */
        FileColumn: {
            name: string;
            sample: string[];
        };
        /** FiltersGiven */
        FiltersGiven: {
            /**
             * @description Filters one after the other must all hold, up to an `OR`; one such run is enough.
             * @example [
             *       {
             *         "field": "tag",
             *         "key": "level",
             *         "relation": ">",
             *         "value": "10"
             *       },
             *       {
             *         "operator": "OR"
             *       },
             *       {
             *         "field": "country",
             *         "relation": "=",
             *         "value": "FR"
             *       }
             *     ]
             */
            filters: {
                [key: string]: unknown;
            }[];
            purchases?: components["schemas"]["PurchaseNames"] | null;
        };
        /** FiltersWritten */
        FiltersWritten: {
            filters: {
                [key: string]: string;
            }[];
        };
        /** FirstOperator */
        FirstOperator: {
            /** @description The set-up token printed at the first start. */
            token: string;
            /**
             * @description The operator's e-mail address.
             * @example ada@example.org
             */
            email: string;
            /** @example Ada */
            name: string;
            /** @description 10 to 200 characters. */
            password: string;
        };
        /** Freshness */
        Freshness: {
            now: number;
            lag_ms: number;
            late: boolean;
            late_after_ms: number;
            waiting: number;
            segments: components["schemas"]["SegmentFreshness"][];
            columns?: components["schemas"]["LaidOut"][];
        };
        /** Goal */
        Goal: {
            event: string;
            /** @default 3d */
            within: string;
        };
        /** GoalCount */
        GoalCount: {
            event: string;
            within: string;
            reached: number;
        };
        /** HeldBack */
        HeldBack: {
            anonymous_id: string;
            user_id: string;
            reason: string;
            held_at: number;
            calls: components["schemas"]["HeldCall"][];
        };
        /** HeldCall */
        HeldCall: {
            kind: string;
            message_id: string;
            occurred_at: number;
            received_at: number;
            traits: {
                [key: string]: unknown;
            };
            context: {
                [key: string]: unknown;
            };
        };
        /**
         * HoldReason
         * @description Why a call was held back. Stable, documented in ``docs/reference/api.md``.
         * @enum {string}
         */
        HoldReason: "unproved_user" | "known_device" | "too_many_confirmations";
        /** IdentitySecret */
        IdentitySecret: {
            id: number;
            app_id: number;
            hint: string;
            created_at: number;
        };
        /** IdentitySecrets */
        IdentitySecrets: {
            items: components["schemas"]["IdentitySecret"][];
        };
        /** Imported */
        Imported: {
            imported: number;
            refused: number;
            rows: components["schemas"]["RefusedRow"][];
        };
        /** Invitation */
        Invitation: {
            /** @example bob@example.org */
            email: string;
            /** @example Bob */
            name: string;
        };
        /** Invited */
        Invited: {
            operator: components["schemas"]["Operator"];
            link: components["schemas"]["LinkToPassword"];
        };
        /** Journey */
        Journey: {
            id: number;
            app_id: number;
            name: string;
            state: components["schemas"]["JourneyState"];
            graph: {
                [key: string]: unknown;
            };
            published: number;
            version: number;
            resumed_at: number;
            created_at: number;
            updated_at: number;
        };
        /** JourneyChange */
        JourneyChange: {
            version: number;
            /** @example Abandoned cart */
            name?: string | null;
            /**
             * @description `entry`, `exits`, `goal`, `nodes`, `start`; nodes are `wait_for`, `delay`, `branch`, `message`, `send_and_wait`, `exit`.
             * @example {
             *       "entry": {
             *         "event": "Product Added",
             *         "key": "cart_id",
             *         "where": [],
             *         "reentry": "always"
             *       },
             *       "exits": [
             *         {
             *           "event": "Order Completed",
             *           "match": "cart_id"
             *         }
             *       ],
             *       "nodes": [
             *         {
             *           "id": "wait",
             *           "kind": "delay",
             *           "for": "2h",
             *           "next": "push"
             *         },
             *         {
             *           "id": "push",
             *           "kind": "message",
             *           "message": 1,
             *           "next": "done"
             *         },
             *         {
             *           "id": "done",
             *           "kind": "exit"
             *         }
             *       ],
             *       "start": "wait"
             *     }
             */
            graph?: {
                [key: string]: unknown;
            } | null;
        };
        /** JourneyCreation */
        JourneyCreation: {
            /** @example Abandoned cart */
            name: string;
            /**
             * @description `entry`, `exits`, `goal`, `nodes`, `start`; nodes are `wait_for`, `delay`, `branch`, `message`, `send_and_wait`, `exit`.
             * @example {
             *       "entry": {
             *         "event": "Product Added",
             *         "key": "cart_id",
             *         "where": [],
             *         "reentry": "always"
             *       },
             *       "exits": [
             *         {
             *           "event": "Order Completed",
             *           "match": "cart_id"
             *         }
             *       ],
             *       "nodes": [
             *         {
             *           "id": "wait",
             *           "kind": "delay",
             *           "for": "2h",
             *           "next": "push"
             *         },
             *         {
             *           "id": "push",
             *           "kind": "message",
             *           "message": 1,
             *           "next": "done"
             *         },
             *         {
             *           "id": "done",
             *           "kind": "exit"
             *         }
             *       ],
             *       "start": "wait"
             *     }
             */
            graph: {
                [key: string]: unknown;
            };
        };
        /** JourneyRow */
        JourneyRow: {
            journey_id: number;
            name: string;
            state: string;
            nodes: components["schemas"]["NodeRow"][];
        };
        /**
         * JourneyState
         * @description A journey's state.
         * @enum {string}
         */
        JourneyState: "draft" | "live" | "paused" | "archived";
        /** Key */
        Key: {
            id: number;
            app_id: number;
            kind: components["schemas"]["KeyKind"];
            name: string;
            hint: string;
            created_at: number;
            revoked_at: number | null;
            last_used: number | null;
        };
        /** KeyCreation */
        KeyCreation: {
            kind: components["schemas"]["KeyKind"];
            /** @example Web shop */
            name: string;
        };
        /**
         * KeyKind
         * @description What a key allows. A browser key is public: it sits in pages and apps and sends what visitors do. A write key belongs to a
         *         server and may say anything about anyone; an API key opens the REST API. Both are secret.
         * @enum {string}
         */
        KeyKind: "write" | "browser" | "api";
        /** KindForm */
        KindForm: {
            kind: string;
            description: string;
            fields: components["schemas"]["FieldForm"][];
        };
        /** LaidOut */
        LaidOut: {
            property: string;
            share: number;
        };
        /** LanguageCheckAnswer */
        LanguageCheckAnswer: {
            language: string | null;
            people: number;
            largest: components["schemas"]["SizeAnswer"] | null;
            example: number;
        };
        /** LanguagePreview */
        LanguagePreview: {
            language: string | null;
            content: {
                [key: string]: unknown;
            };
            missing: components["schemas"]["MissingVariable"][];
            unsendable: components["schemas"]["UnsendableAnswer"] | null;
            price: components["schemas"]["PriceAnswer"] | null;
            taken: {
                [key: string]: string;
            };
        };
        /** Latency */
        Latency: {
            p50_ms: number | null;
            p99_ms: number | null;
            count: number;
        };
        /** LatencyReport */
        LatencyReport: {
            event_to_segment: components["schemas"]["Latency"];
            event_to_message: components["schemas"]["Latency"];
        };
        /** LinkCountAnswer */
        LinkCountAnswer: {
            url: string;
            people: number;
            /** @enum {string} */
            problem: "" | "insecure" | "local";
        };
        /** LinkToPassword */
        LinkToPassword: {
            url: string;
            expires_at: number;
        };
        /** ListAnswer */
        ListAnswer: {
            id: number;
            name: string;
            created_at: number;
            created_by: string;
        };
        /** ListChange */
        ListChange: {
            /** @description User ids, or e-mail addresses where they hold an @. */
            add?: string[];
            /** @description User ids, or e-mail addresses where they hold an @. */
            remove?: string[];
        };
        /** ListChanged */
        ListChanged: {
            added: number;
            removed: number;
            unknown: string[];
        };
        /** ListCreation */
        ListCreation: {
            /** @example Customers of the old shop */
            name: string;
        };
        /** ListFile */
        ListFile: {
            columns: components["schemas"]["FileColumn"][];
            column: number;
            header: boolean;
            entries: string[];
            too_long: number;
        };
        /** ListSize */
        ListSize: {
            list_id: number;
            people: number;
        };
        /** ListSizes */
        ListSizes: {
            items: components["schemas"]["ListSize"][];
        };
        /** ListsOfPerson */
        ListsOfPerson: {
            items: components["schemas"]["ListAnswer"][];
        };
        /** ManyConsents */
        ManyConsents: {
            consents: components["schemas"]["ConsentOf"][];
        };
        /** Members */
        Members: {
            items: number[];
            next: string | null;
            size: number;
        };
        /** Membership */
        Membership: {
            segment_id: number;
            name: string;
        };
        /** MembershipChange */
        MembershipChange: {
            person_id: number;
            /** @enum {string} */
            change: "entered" | "left" | "merged";
            occurred_at: number;
            late: boolean;
        };
        /** Memberships */
        Memberships: {
            items: components["schemas"]["Membership"][];
        };
        /** MergeRequest */
        MergeRequest: {
            into: number;
        };
        /** MessageAnswer */
        MessageAnswer: {
            id: number;
            app_id: number;
            name: string;
            channel: components["schemas"]["Channel"];
            class: components["schemas"]["MessageClass"];
            topic: string;
            content: {
                [key: string]: unknown;
            };
            valid_for: string | null;
            goal: components["schemas"]["Goal"] | "none" | null;
            version: number;
            created_at: number;
            updated_at: number;
            require_values: boolean;
            archived_at: number | null;
            obeys_caps: boolean | null;
            counts_toward_caps: boolean | null;
            obeys_quiet_hours: boolean | null;
            when_held: components["schemas"]["WhenHeld"] | null;
            wait_at_most: string | null;
            priority: number;
            language: string | null;
            translations: {
                [key: string]: {
                    [key: string]: unknown;
                };
            };
            class_switches: components["schemas"]["ClassSwitches"];
        };
        /** MessageChange */
        MessageChange: {
            version: number;
            /** @example Cart reminder */
            name?: string;
            /**
             * @description Liquid templates. `web_push`: title, body, image, url, buttons, tag, collapse_id. `mobile_push`: title, subtitle, body, image, url, buttons, data, collapse_id, sound, badge, thread, category, android_channel, interruption_level, priority, analytics_label, devices, silent. `email`: subject, html, text, preheader, from, mjml, reply_to, base_style, attachments. `sms`: body. `webhook`: url, method, headers, body.
             * @example {
             *       "title": "Still there?",
             *       "body": "Your cart waits, {{ user.first_name }}."
             *     }
             */
            content?: {
                [key: string]: unknown;
            };
            class?: components["schemas"]["MessageClass"];
            topic?: string;
            /**
             * @description A number and s, m, h, d or w.
             * @example 12h
             */
            valid_for?: string | null;
            /** @description Whoever lacks a value that a template puts in, without a `default`, is skipped with `missing_value`. */
            require_values?: boolean;
            goal?: components["schemas"]["Goal"] | "none" | null;
            /** @description Null: as its class. `marketing` obeys caps, counts toward them and obeys quiet hours; `service` counts toward caps and obeys quiet hours; `transactional` does none of it. */
            obeys_caps?: boolean | null;
            /** @description Null: as its class. `marketing` obeys caps, counts toward them and obeys quiet hours; `service` counts toward caps and obeys quiet hours; `transactional` does none of it. */
            counts_toward_caps?: boolean | null;
            /** @description Null: as its class. `marketing` obeys caps, counts toward them and obeys quiet hours; `service` counts toward caps and obeys quiet hours; `transactional` does none of it. */
            obeys_quiet_hours?: boolean | null;
            /** @description When a cap or quiet hours hold it back: `skip`; `wait` for `wait_at_most`; `until_window_ends`; `next_day_same_hour`. Null: it waits for the end of quiet hours, and is skipped where a cap is in the way. No wait is longer than 72 h, or than `valid_for`; what would be is skipped at once. */
            when_held?: components["schemas"]["WhenHeld"] | null;
            /**
             * @description With `wait`: how long, up to 72 h.
             * @example 4h
             */
            wait_at_most?: string | null;
            /**
             * @description Of what is due together the higher is decided first.
             * @example 10
             */
            priority?: number;
            /**
             * @description The language that `content` is in (BCP 47). Null: nobody said; dates are then in each person's language.
             * @example en
             */
            language?: string | null;
            /**
             * @description Language (BCP 47) to the fields of `content` that differ in it. Whoever reads `fr-CA` gets that, else `fr`, else `content`; a field that is left out is taken from the next of these.
             * @example {
             *       "fr": {
             *         "title": "Encore là ?",
             *         "body": "Votre panier vous attend, {{ user.first_name }}."
             *       }
             *     }
             */
            translations?: {
                [key: string]: {
                    [key: string]: unknown;
                };
            };
        };
        /** MessageCheckAnswer */
        MessageCheckAnswer: {
            people: number;
            without_address: number;
            languages: components["schemas"]["LanguageCheckAnswer"][];
            missing: components["schemas"]["MissingCountAnswer"][];
            faults: components["schemas"]["FaultCountAnswer"][];
            links: components["schemas"]["LinkCountAnswer"][];
        };
        /** MessageCheckRequest */
        MessageCheckRequest: {
            segment?: number | null;
            /**
             * @description How many at most.
             * @default 200
             */
            people: number;
            /**
             * @description `message_id` of an event of this app, or an object of properties. None: `event` is empty in templates.
             * @example {
             *       "cart_id": "c1",
             *       "total": 49
             *     }
             */
            event?: string | {
                [key: string]: unknown;
            };
        };
        /**
         * MessageClass
         * @description What a message is to whoever gets it, and so what may hold it back.
         *
         *         Marketing needs consent. Service is news of what the person has under way, as of an order: it needs no consent, passes every
         *         cap, is counted, and keeps quiet hours. Transactional is what the person asked for by what they did, as a new password:
         *         nothing of this concerns it.
         * @default marketing
         * @enum {string}
         */
        MessageClass: "marketing" | "service" | "transactional";
        /** MessageCreation */
        MessageCreation: {
            /** @example Cart reminder */
            name: string;
            channel: components["schemas"]["Channel"];
            /**
             * @description Liquid templates. `web_push`: title, body, image, url, buttons, tag, collapse_id. `mobile_push`: title, subtitle, body, image, url, buttons, data, collapse_id, sound, badge, thread, category, android_channel, interruption_level, priority, analytics_label, devices, silent. `email`: subject, html, text, preheader, from, mjml, reply_to, base_style, attachments. `sms`: body. `webhook`: url, method, headers, body.
             * @example {
             *       "title": "Still there?",
             *       "body": "Your cart waits, {{ user.first_name }}."
             *     }
             */
            content: {
                [key: string]: unknown;
            };
            class?: components["schemas"]["MessageClass"];
            /** @default general */
            topic: string;
            /**
             * @description A number and s, m, h, d or w.
             * @example 12h
             */
            valid_for?: string | null;
            /**
             * @description Whoever lacks a value that a template puts in, without a `default`, is skipped with `missing_value`.
             * @default false
             */
            require_values: boolean;
            goal?: components["schemas"]["Goal"] | "none" | null;
            /** @description Null: as its class. `marketing` obeys caps, counts toward them and obeys quiet hours; `service` counts toward caps and obeys quiet hours; `transactional` does none of it. */
            obeys_caps?: boolean | null;
            /** @description Null: as its class. `marketing` obeys caps, counts toward them and obeys quiet hours; `service` counts toward caps and obeys quiet hours; `transactional` does none of it. */
            counts_toward_caps?: boolean | null;
            /** @description Null: as its class. `marketing` obeys caps, counts toward them and obeys quiet hours; `service` counts toward caps and obeys quiet hours; `transactional` does none of it. */
            obeys_quiet_hours?: boolean | null;
            /** @description When a cap or quiet hours hold it back: `skip`; `wait` for `wait_at_most`; `until_window_ends`; `next_day_same_hour`. Null: it waits for the end of quiet hours, and is skipped where a cap is in the way. No wait is longer than 72 h, or than `valid_for`; what would be is skipped at once. */
            when_held?: components["schemas"]["WhenHeld"] | null;
            /**
             * @description With `wait`: how long, up to 72 h.
             * @example 4h
             */
            wait_at_most?: string | null;
            /**
             * @description Of what is due together the higher is decided first.
             * @default 0
             * @example 10
             */
            priority: number;
            /**
             * @description The language that `content` is in (BCP 47). Null: nobody said; dates are then in each person's language.
             * @example en
             */
            language?: string | null;
            /**
             * @description Language (BCP 47) to the fields of `content` that differ in it. Whoever reads `fr-CA` gets that, else `fr`, else `content`; a field that is left out is taken from the next of these.
             * @example {
             *       "fr": {
             *         "title": "Encore là ?",
             *         "body": "Votre panier vous attend, {{ user.first_name }}."
             *       }
             *     }
             */
            translations?: {
                [key: string]: {
                    [key: string]: unknown;
                };
            };
        };
        /** MessagePreview */
        MessagePreview: {
            person_id: number;
            channel: components["schemas"]["Channel"];
            address: string | null;
            content: {
                [key: string]: unknown;
            };
            missing: components["schemas"]["MissingVariable"][];
            unsendable: components["schemas"]["UnsendableAnswer"] | null;
            price?: components["schemas"]["PriceAnswer"] | null;
            not_shown?: components["schemas"]["NotShown"][];
            language?: string | null;
            taken?: {
                [key: string]: string;
            };
            languages?: components["schemas"]["LanguagePreview"][];
        };
        /** MessagePreviewRequest */
        MessagePreviewRequest: {
            person?: number | null;
            /**
             * @description As `kind:value`.
             * @example user_id:ada
             */
            alias?: string | null;
            /**
             * @description `message_id` of an event of this app, or an object of properties. None: `event` is empty in templates.
             * @example {
             *       "cart_id": "c1",
             *       "total": 49
             *     }
             */
            event?: string | {
                [key: string]: unknown;
            };
            /**
             * @description One of the message's languages, in place of the person's.
             * @example fr
             */
            language?: string | null;
            /**
             * @description Besides, fill it in in each of its languages: `languages`.
             * @default false
             */
            all_languages: boolean;
        };
        /** MessageRow */
        MessageRow: {
            message_id: number;
            name: string;
            channel: string;
            journey_id: number;
            node: string;
            outcome: components["schemas"]["Outcome"];
        };
        /** MessageWording */
        MessageWording: {
            language: string | null;
            content: {
                [key: string]: unknown;
            };
            taken: {
                [key: string]: string;
            };
        };
        /** MessageWordings */
        MessageWordings: {
            wordings: components["schemas"]["MessageWording"][];
        };
        /** MessagesReport */
        MessagesReport: {
            messages: components["schemas"]["MessageRow"][];
            channels: components["schemas"]["ChannelRow"][];
            total: components["schemas"]["Outcome"];
        };
        /**
         * MissReason
         * @description Why an event that could start a run started none: a closed list, each described in ``MISSES``.
         * @enum {string}
         */
        MissReason: "late" | "key_missing" | "run_under_way" | "once_already" | "journey_paused" | "caused_by_itself" | "chain_too_long";
        /** MissedEntries */
        MissedEntries: {
            items: components["schemas"]["MissedEntryAnswer"][];
        };
        /** MissedEntryAnswer */
        MissedEntryAnswer: {
            journey_id: number;
            reason: components["schemas"]["MissReason"];
            why: string;
            key: string;
            event: string;
            message_id: string;
            occurred_at: number;
            received_at: number;
            times: number;
        };
        /** MissingCountAnswer */
        MissingCountAnswer: {
            path: string;
            variable: string;
            people: number;
            example: number;
        };
        /** MissingVariable */
        MissingVariable: {
            path: string;
            variable: string;
        };
        /** Money */
        Money: {
            currency: string;
            amount: number;
        };
        /** NewApp */
        NewApp: {
            app: components["schemas"]["App"];
            write_key: components["schemas"]["NewKey"];
            browser_key: components["schemas"]["NewKey"];
            api_key: components["schemas"]["NewKey"];
            identity_secret: components["schemas"]["NewIdentitySecret"];
        };
        /** NewConsent */
        NewConsent: {
            channel: components["schemas"]["Channel"];
            granted: boolean;
            /**
             * @default general
             * @example general
             */
            topic: string;
            /**
             * @description Where it was given. A yes needs it.
             * @default
             * @example checkout form, 2026-11
             */
            source: string;
            /**
             * @description What was agreed to, as it was put. A yes needs it.
             * @default
             * @example Yes, send me the shop's offers by e-mail.
             */
            wording: string;
            /** @description When it was given, in ms since 1970; now, if left out. */
            occurred_at?: number | null;
            /** @description An address that it names beside those the person has, whosever it is by now. */
            address?: string | null;
            /** @description Anything else that shows it; kept as it is, 4 KB at most. */
            proof?: {
                [key: string]: unknown;
            };
        };
        /** NewIdentitySecret */
        NewIdentitySecret: {
            secret: components["schemas"]["IdentitySecret"];
            text: string;
        };
        /** NewKey */
        NewKey: {
            key: components["schemas"]["Key"];
            text: string;
        };
        /** NewSuppressionEntry */
        NewSuppressionEntry: {
            /** @example lea@example.com */
            address: string;
            channel?: components["schemas"]["Channel"];
            /**
             * @description By whose rules a phone number without + and country code is read (ISO 3166); empty: the app's own country.
             * @default
             * @example FR
             */
            country: string;
            /** @default  */
            note: string;
        };
        /** NewWebhook */
        NewWebhook: {
            webhook: components["schemas"]["WebhookAnswer"];
            secret: string;
        };
        /** NodeCount */
        NodeCount: {
            version: number;
            node: string;
            arrived: number;
            waiting: number;
            stopped: number;
        };
        /** NodeRow */
        NodeRow: {
            node: string;
            arrived: number;
            waiting: number;
            stopped: number;
        };
        /** NotShown */
        NotShown: {
            field: string;
            browsers: string[];
        };
        /** Operator */
        Operator: {
            id: number;
            email: string;
            name: string;
            created_at: number;
            /** @default false */
            is_invited: boolean;
        };
        /** Outcome */
        Outcome: {
            sent: number;
            reached: number;
            aimed: number;
            delivered: number | null;
            opened: number | null;
            clicked: number;
            dismissed: number | null;
            converted: number | null;
            direct: number | null;
            unsubscribed: number;
            bounced: number | null;
            failed: number;
            unknown: number;
            skipped: number;
            waiting: number;
            revenue: number | null;
            currency: string;
            revenues: components["schemas"]["Money"][];
            rates: components["schemas"]["Rates"];
        };
        /** OverviewReport */
        OverviewReport: {
            people: number;
            events: number;
            derived: number;
            first_event_at: number | null;
            last_event_at: number | null;
            segments: components["schemas"]["SegmentRow"][];
            journeys: components["schemas"]["JourneyRow"][];
            messages: components["schemas"]["Outcome"];
            not_sent: number;
        };
        /** OwnLimit */
        OwnLimit: {
            most: number;
            rolling: string;
        };
        /** OwnQuietHours */
        OwnQuietHours: {
            start: string;
            end: string;
        };
        /** Page[App] */
        "Page_relance.accounts.model.App_": {
            items: components["schemas"]["App"][];
            next: string | null;
        };
        /** Page[Key] */
        "Page_relance.accounts.model.Key_": {
            items: components["schemas"]["Key"][];
            next: string | null;
        };
        /** Page[Operator] */
        "Page_relance.accounts.model.Operator_": {
            items: components["schemas"]["Operator"][];
            next: string | null;
        };
        /** Page[SignedIn] */
        "Page_relance.accounts.model.SignedIn_": {
            items: components["schemas"]["SignedIn"][];
            next: string | null;
        };
        /** Page[Journey] */
        "Page_relance.journeys.model.Journey_": {
            items: components["schemas"]["Journey"][];
            next: string | null;
        };
        /** Page[HeldBack] */
        "Page_relance.users.withheld.HeldBack_": {
            items: components["schemas"]["HeldBack"][];
            next: string | null;
        };
        /** Page[AudienceAnswer] */
        "Page_relance.web.api.audiences.AudienceAnswer_": {
            items: components["schemas"]["AudienceAnswer"][];
            next: string | null;
        };
        /** Page[AuditLine] */
        "Page_relance.web.api.auditing.AuditLine_": {
            items: components["schemas"]["AuditLine"][];
            next: string | null;
        };
        /** Page[ConsentRecordAnswer] */
        "Page_relance.web.api.consents.ConsentRecordAnswer_": {
            items: components["schemas"]["ConsentRecordAnswer"][];
            next: string | null;
        };
        /** Page[DeletionRequestAnswer] */
        "Page_relance.web.api.deletion_requests.DeletionRequestAnswer_": {
            items: components["schemas"]["DeletionRequestAnswer"][];
            next: string | null;
        };
        /** Page[DeliveryAnswer] */
        "Page_relance.web.api.deliveries.DeliveryAnswer_": {
            items: components["schemas"]["DeliveryAnswer"][];
            next: string | null;
        };
        /** Page[EventName] */
        "Page_relance.web.api.events.EventName_": {
            items: components["schemas"]["EventName"][];
            next: string | null;
        };
        /** Page[PastEvent] */
        "Page_relance.web.api.events.PastEvent_": {
            items: components["schemas"]["PastEvent"][];
            next: string | null;
        };
        /** Page[SetAside] */
        "Page_relance.web.api.events.SetAside_": {
            items: components["schemas"]["SetAside"][];
            next: string | null;
        };
        /** Page[RunAnswer] */
        "Page_relance.web.api.journeys.RunAnswer_": {
            items: components["schemas"]["RunAnswer"][];
            next: string | null;
        };
        /** Page[ListAnswer] */
        "Page_relance.web.api.lists.ListAnswer_": {
            items: components["schemas"]["ListAnswer"][];
            next: string | null;
        };
        /** Page[MessageAnswer] */
        "Page_relance.web.api.messages.MessageAnswer_": {
            items: components["schemas"]["MessageAnswer"][];
            next: string | null;
        };
        /** Page[PersonSummary] */
        "Page_relance.web.api.people.PersonSummary_": {
            items: components["schemas"]["PersonSummary"][];
            next: string | null;
        };
        /** Page[MembershipChange] */
        "Page_relance.web.api.segment_course.MembershipChange_": {
            items: components["schemas"]["MembershipChange"][];
            next: string | null;
        };
        /** Page[VersionAnswer] */
        "Page_relance.web.api.segment_versions.VersionAnswer_": {
            items: components["schemas"]["VersionAnswer"][];
            next: string | null;
        };
        /** Page[SegmentAnswer] */
        "Page_relance.web.api.segments.SegmentAnswer_": {
            items: components["schemas"]["SegmentAnswer"][];
            next: string | null;
        };
        /** Page[SuppressionAnswer] */
        "Page_relance.web.api.suppressions.SuppressionAnswer_": {
            items: components["schemas"]["SuppressionAnswer"][];
            next: string | null;
        };
        /** PasswordChange */
        PasswordChange: {
            /** @description The present password. */
            current: string;
            /** @description 10 to 200 characters. */
            password: string;
        };
        /** PasswordChoice */
        PasswordChoice: {
            /** @description The token of the link. */
            token: string;
            /** @description 10 to 200 characters. */
            password: string;
        };
        /** PastEvent */
        PastEvent: {
            event: string;
            kind: string;
            person_id: number;
            occurred_at: number;
            received_at: number;
            message_id: string;
            late: boolean;
            properties: {
                [key: string]: unknown;
            };
            context: {
                [key: string]: unknown;
            };
            anonymous_id: string;
            user_id: string;
            position: string;
        };
        /** PersonAnswer */
        PersonAnswer: {
            id: number;
            external_id: string | null;
            traits: {
                [key: string]: unknown;
            };
            country: string | null;
            timezone: string | null;
            language: string | null;
            first_seen: number;
            last_seen: number;
            version: number;
            /** @description What rules may ask of the person beside the traits, as far as known: see the kinds `person`, `subscription` and `consent`. `country_source`, `time_zone_source` and `language_source` say who told it: `event`, `locale`, `trait`, `choice` (the language that the person chose), or `default`, the app's own, where nothing is known. */
            facts: {
                [key: string]: unknown;
            };
            aliases: components["schemas"]["Alias"][];
            subscriptions: components["schemas"]["SubscriptionAnswer"][];
            consents: components["schemas"]["ConsentAnswer"][];
            preferences: components["schemas"]["PreferencesAnswer"];
            /** @description The deletion that they asked for and that may still take place; null: none. */
            deletion: components["schemas"]["DeletionRequestAnswer"] | null;
        };
        /** PersonChange */
        PersonChange: {
            /** @description The version that was read; 409 if it is no longer the current one. */
            version: number;
            /**
             * @description Traits to set; null deletes one.
             * @example {
             *       "first_name": "Lea",
             *       "plan": "pro"
             *     }
             */
            traits?: {
                [key: string]: unknown;
            };
            subscriptions?: components["schemas"]["SubscriptionChange"][];
        };
        /** PersonCreation */
        PersonCreation: {
            /**
             * @description Your own id of the person.
             * @example u-42
             */
            user_id: string;
            /**
             * @description Traits to set; null deletes one.
             * @example {
             *       "first_name": "Lea",
             *       "plan": "pro"
             *     }
             */
            traits?: {
                [key: string]: unknown;
            };
        };
        /** PersonRuns */
        PersonRuns: {
            items: components["schemas"]["RunAnswer"][];
        };
        /** PersonSummary */
        PersonSummary: {
            id: number;
            external_id: string | null;
            traits: {
                [key: string]: unknown;
            };
            country: string | null;
            timezone: string | null;
            language: string | null;
            first_seen: number;
            last_seen: number;
            version: number;
        };
        /** PreferencesAnswer */
        PreferencesAnswer: {
            /** @description No messages between these times of day, where the person is, beside the app's quiet hours; null: none. */
            quiet_hours: components["schemas"]["OwnQuietHours"] | null;
            /** @description At most so many marketing messages in a rolling window, over all channels, beside the caps; null: none. */
            limit: components["schemas"]["OwnLimit"] | null;
            /** @description The language they chose (BCP 47), whatever browsers and traits report; null: none was chosen. */
            language: string | null;
            changed_at: number;
            source: string;
        };
        /** PreferencesChange */
        PreferencesChange: {
            /** @description No messages between these times of day, where the person is, beside the app's quiet hours; null: none. */
            quiet_hours?: components["schemas"]["OwnQuietHours"] | null;
            /** @description At most so many marketing messages in a rolling window, over all channels, beside the caps; null: none. */
            limit?: components["schemas"]["OwnLimit"] | null;
            /** @description The language they chose (BCP 47), whatever browsers and traits report; null: none was chosen. */
            language?: string | null;
        };
        /** PresentMembers */
        PresentMembers: {
            segments: number[];
            members: number;
            taken_in: number;
            left_out: number;
        };
        /** PreviewAnswer */
        PreviewAnswer: {
            count: number;
            sample: number[];
            people: components["schemas"]["Sampled"][];
            reach: components["schemas"]["Reach"];
        };
        /** PriceAnswer */
        PriceAnswer: {
            amount: string;
            currency: string;
        };
        /** ProviderAnswer */
        ProviderAnswer: {
            id: number;
            channel: string;
            type: string;
            name: string;
            settings: {
                [key: string]: unknown;
            };
            secrets_set: string[];
            active: boolean;
            callback_url: string;
            version: number;
            created_at: number;
            created_by: string;
            updated_at: number;
        };
        /** ProviderChange */
        ProviderChange: {
            /** @description The version that was read; 409 if it is no longer the current one. */
            version: number;
            /** @example SMS in France */
            name?: string;
            /**
             * @description As the kind's `settings` schema has it.
             * @example {
             *       "account_sid": "AC0"
             *     }
             */
            settings?: {
                [key: string]: unknown;
            };
            /** @description Those to replace; null deletes one. Others stay. */
            secrets?: {
                [key: string]: string | null;
            };
            active?: boolean;
            /** @description Only check: what would be refused is refused, and nothing is changed. */
            dry_run?: boolean;
        };
        /** ProviderCreation */
        ProviderCreation: {
            /** @example twilio */
            type: string;
            /** @example SMS in France */
            name: string;
            /**
             * @description As the kind's `settings` schema has it.
             * @example {
             *       "account_sid": "AC0"
             *     }
             */
            settings?: {
                [key: string]: unknown;
            };
            /** @description As the kind's `secrets` schema has it; never shown. */
            secrets?: {
                [key: string]: string;
            };
            /** @default true */
            active: boolean;
        };
        /** ProviderTest */
        ProviderTest: {
            /** @example +33612345678 */
            to: string;
        };
        /** ProviderTested */
        ProviderTested: {
            taken: boolean;
            detail: string;
        };
        /** ProviderTypeAnswer */
        ProviderTypeAnswer: {
            name: string;
            title: string;
            channel: string;
            service: string;
            settings: {
                [key: string]: unknown;
            };
            secrets: {
                [key: string]: unknown;
            };
            leads: string[];
            has_callbacks: boolean;
        };
        /** Publication */
        Publication: {
            id: number;
            app_id: number;
            name: string;
            state: components["schemas"]["JourneyState"];
            graph: {
                [key: string]: unknown;
            };
            published: number;
            version: number;
            resumed_at: number;
            created_at: number;
            updated_at: number;
            present: components["schemas"]["PresentMembers"] | null;
            warnings: components["schemas"]["Doubt"][];
        };
        /** PurchaseNames */
        PurchaseNames: {
            /** @default Order Completed */
            event: string;
            /** @default total */
            amount: string;
            /** @default sku */
            sku: string;
        };
        /** PushKey */
        PushKey: {
            application_server_key: string;
        };
        /** PushSubscriptionRow */
        PushSubscriptionRow: {
            endpoint: string;
            p256dh: string;
            auth: string;
            /** @default  */
            key: string;
            /** @default  */
            user_id: string;
            /** @default  */
            anonymous_id: string;
        };
        /** PushSubscriptions */
        PushSubscriptions: {
            subscriptions: components["schemas"]["PushSubscriptionRow"][];
        };
        /** QueueAnswer */
        QueueAnswer: {
            now: number;
            channels: components["schemas"]["ChannelQueue"][];
        };
        /** QueueGroup */
        QueueGroup: {
            lane: string;
            reason: string;
            held_by: string;
            is_due: boolean;
            count: number;
            first_due_at: number;
            last_due_at: number;
        };
        /** QuietHours */
        QuietHours: {
            id: number;
            app_id: number;
            channel: string;
            start: string;
            end: string;
            weekdays: ("monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday")[];
            version: number;
            created_at: number;
            updated_at: number;
        };
        /** QuietHoursChange */
        QuietHoursChange: {
            /** @description The version that was read; 409 if it is no longer the current one. */
            version: number;
            /** @example 22:00 */
            start?: string;
            /** @example 22:00 */
            end?: string;
            /** @description The channel they hold for; empty: all. */
            channel?: string;
            /** @description The days on which the quiet hours begin; empty means every day. */
            weekdays?: ("monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday")[];
        };
        /** QuietHoursCreation */
        QuietHoursCreation: {
            /** @example 22:00 */
            start: string;
            /** @example 22:00 */
            end: string;
            /**
             * @description The channel they hold for; empty: all.
             * @default
             */
            channel: string;
            /** @description The days on which the quiet hours begin; empty means every day. */
            weekdays?: ("monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday")[];
        };
        /** Rates */
        Rates: {
            delivered: number | null;
            opened: number | null;
            clicked: number | null;
            converted: number | null;
            unsubscribed: number | null;
        };
        /** Reach */
        Reach: {
            of: number;
            channels: {
                [key: string]: number;
            };
        };
        /** ReasonCount */
        ReasonCount: {
            reason: string;
            runs: number;
        };
        /** ReasonRow */
        ReasonRow: {
            reason: string;
            sentence: string;
            count: number;
        };
        /** RefusedConsent */
        RefusedConsent: {
            place: number;
            path: string;
            message: string;
            reason: string;
        };
        /** RefusedRow */
        RefusedRow: {
            place: number;
            path: string;
            message: string;
            reason: string;
        };
        /** Renaming */
        Renaming: {
            before: string;
            after: string;
        };
        /** Restoration */
        Restoration: {
            /** @description The version that was read; 409 if it is no longer the current one. */
            version: number;
            announce?: boolean | null;
        };
        /** RfmLeast */
        RfmLeast: {
            buyers: number;
            days: number;
        };
        /** RfmReport */
        RfmReport: {
            event: string;
            amount: string | null;
            as_of: number | null;
            people: number;
            purchases: number;
            spent: number | null;
            days: number;
            ready: boolean;
            least: components["schemas"]["RfmLeast"];
            cells: components["schemas"]["CellRow"][];
        };
        /**
         * Role
         * @description What a field holds, and therefore which input fills it in. Adjacent fields with the same role share one input.
         * @enum {string}
         */
        Role: "id" | "text" | "number" | "whole" | "switch" | "choice" | "event" | "property" | "trait" | "length" | "window" | "predicates" | "tests" | "happens" | "test" | "fact" | "device" | "amount" | "stage" | "count" | "area" | "message" | "journey" | "segment" | "list" | "channel" | "kept" | "own_message" | "edge";
        /** RouteAnswer */
        RouteAnswer: {
            channel: string;
            service: string;
            provider: number | null;
            /** @enum {null|string} */
            server: "server" | "sandbox" | null;
        };
        /** RuleGiven */
        RuleGiven: {
            /**
             * @description `{"all": […]}`, `{"any": […]}`, `{"not": {…}}`, or a condition with a `kind`; see the rules of segments.
             * @example {
             *       "kind": "behaviour",
             *       "event": "Order Completed",
             *       "compare": ">=",
             *       "value": 2,
             *       "window": {
             *         "last": "30d"
             *       }
             *     }
             */
            rule: {
                [key: string]: unknown;
            };
            purchases?: components["schemas"]["PurchaseNames"] | null;
        };
        /** RulePreviewRequest */
        RulePreviewRequest: {
            /**
             * @description `{"all": […]}`, `{"any": […]}`, `{"not": {…}}`, or a condition with a `kind`; see the rules of segments.
             * @example {
             *       "kind": "behaviour",
             *       "event": "Order Completed",
             *       "compare": ">=",
             *       "value": 2,
             *       "window": {
             *         "last": "30d"
             *       }
             *     }
             */
            rule: {
                [key: string]: unknown;
            };
        };
        /** RuleRead */
        RuleRead: {
            rule: {
                [key: string]: unknown;
            };
            sentence: components["schemas"]["Sentences"];
        };
        /** RunAnswer */
        RunAnswer: {
            id: string;
            journey_id: number;
            version: number;
            person_id: number;
            run_key: string;
            node: string;
            state: string;
            reason: string;
            wake_at: number;
            entered_at: number;
            moved_at: number;
            left_by: string;
            entry: {
                [key: string]: unknown;
            };
            answers: {
                [key: string]: unknown;
            };
        };
        /**
         * RunState
         * @description A run's state.
         * @enum {string}
         */
        RunState: "waiting" | "done" | "left";
        /** SaidCondition */
        SaidCondition: {
            condition: {
                [key: string]: unknown;
            };
            sentence: components["schemas"]["Sentences"];
        };
        /** Sampled */
        Sampled: {
            id: number;
            external_id: string | null;
            traits: {
                [key: string]: unknown;
            };
        };
        /** SegmentAnswer */
        SegmentAnswer: {
            id: number;
            app_id: number;
            name: string;
            rule: {
                [key: string]: unknown;
            };
            version: number;
            state: components["schemas"]["SegmentState"];
            size: number | null;
            created_at: number;
            updated_at: number;
            created_by: string;
            sentence: components["schemas"]["Sentences"];
            building?: components["schemas"]["SegmentProgress"] | null;
        };
        /** SegmentChange */
        SegmentChange: {
            version: number;
            /** @example Bought twice in 30 days */
            name?: string | null;
            /**
             * @description `{"all": […]}`, `{"any": […]}`, `{"not": {…}}`, or a condition with a `kind`; see the rules of segments.
             * @example {
             *       "kind": "behaviour",
             *       "event": "Order Completed",
             *       "compare": ">=",
             *       "value": 2,
             *       "window": {
             *         "last": "30d"
             *       }
             *     }
             */
            rule?: {
                [key: string]: unknown;
            } | null;
            announce?: boolean | null;
        };
        /** SegmentCreation */
        SegmentCreation: {
            /** @example Bought twice in 30 days */
            name: string;
            /**
             * @description `{"all": […]}`, `{"any": […]}`, `{"not": {…}}`, or a condition with a `kind`; see the rules of segments.
             * @example {
             *       "kind": "behaviour",
             *       "event": "Order Completed",
             *       "compare": ">=",
             *       "value": 2,
             *       "window": {
             *         "last": "30d"
             *       }
             *     }
             */
            rule: {
                [key: string]: unknown;
            };
            announce?: boolean | null;
        };
        /** SegmentFreshness */
        SegmentFreshness: {
            segment_id: number;
            name: string;
            /** @enum {string} */
            state: "live" | "building" | "updating";
            true_until: number | null;
            progress?: components["schemas"]["SegmentProgress"] | null;
        };
        /** SegmentPoint */
        SegmentPoint: {
            since: number;
            entered: number;
            left: number;
            merged: number;
            size: number;
            edited: components["schemas"]["Edited"] | null;
        };
        /** SegmentProgress */
        SegmentProgress: {
            is_new: boolean;
            stage: components["schemas"]["Stage"];
            share: number;
            read: number;
            events: number;
            people: number;
            began_at: number | null;
            expected_at: number | null;
            tries: number;
            error: string;
        };
        /** SegmentRow */
        SegmentRow: {
            segment_id: number;
            name: string;
            size: number;
            entered: number;
            left: number;
            merged: number;
            edited: components["schemas"]["Edited"];
            points: components["schemas"]["SegmentPoint"][];
        };
        /**
         * SegmentState
         * @description A segment's state.
         * @enum {string}
         */
        SegmentState: "active" | "archived";
        /** SegmentsReport */
        SegmentsReport: {
            since: number;
            until: number;
            every: number;
            segments: components["schemas"]["SegmentRow"][];
        };
        /** SendAnswer */
        SendAnswer: {
            deliveries: components["schemas"]["DeliveryAnswer"][];
        };
        /** SendCall */
        SendCall: {
            person?: number | null;
            /**
             * @description As `kind:value`.
             * @example user_id:ada
             */
            alias?: string | null;
            /**
             * @description An address on the message's channel. Whoever has it gets the message there alone. If nobody has it and a trait can hold it (`email`), a person is made who does.
             * @example ada@example.com
             */
            address?: string | null;
            /**
             * @description `message_id` of an event of this app, or an object of properties. None: `event` is empty in templates.
             * @example {
             *       "cart_id": "c1",
             *       "total": 49
             *     }
             */
            data?: string | {
                [key: string]: unknown;
            };
        };
        /** Sending */
        Sending: {
            paused: boolean;
        };
        /** SendingDomain */
        SendingDomain: {
            domain: string;
            delivered: number;
            complained: number;
            /** @description Since when its marketing is stopped for too many complaints. */
            stopped_at: number | null;
            /** @description Of the messages delivered that were counted then … */
            stopped_with_delivered: number;
            /** @description … so many were reported as spam. */
            stopped_with_complained: number;
            /** @description When an operator resumed it last: nothing before that is counted. */
            resumed_at: number | null;
        };
        /** SendingDomains */
        SendingDomains: {
            items: components["schemas"]["SendingDomain"][];
        };
        /** Sentences */
        Sentences: {
            en: string;
            fr: string;
        };
        /** Session */
        Session: {
            operator: components["schemas"]["Operator"];
            csrf: string;
            expires_at: number;
            id: string;
        };
        /** SetAside */
        SetAside: {
            id: number;
            received_at: number;
            /** @description `refusal`, or `note`: the event was taken, and this says what was mended about it. */
            kind: string;
            reason: string;
            path: string;
            detail: string;
            payload: string;
            message_id: string;
        };
        /** SetupState */
        SetupState: {
            needed: boolean;
        };
        /**
         * ShopEvents
         * @description The events that `last_viewed` and `last_cart` of templates come from.
         * @default {
         *       "viewed": [
         *         "Product Viewed"
         *       ],
         *       "cart": [
         *         "Cart Viewed",
         *         "Cart Updated",
         *         "Product Added"
         *       ],
         *       "cart_over": [
         *         "Order Completed"
         *       ]
         *     }
         */
        ShopEvents: {
            /**
             * @description Somebody looked at a product: the newest is `last_viewed`.
             * @default [
             *       "Product Viewed"
             *     ]
             */
            viewed: string[];
            /**
             * @description What is in a cart, or came into it: the newest is `last_cart`.
             * @default [
             *       "Cart Viewed",
             *       "Cart Updated",
             *       "Product Added"
             *     ]
             */
            cart: string[];
            /**
             * @description The cart is no more, since it was bought or emptied: there is no `last_cart` then.
             * @default [
             *       "Order Completed"
             *     ]
             */
            cart_over: string[];
        };
        /** SignIn */
        SignIn: {
            /**
             * @description The operator's e-mail address.
             * @example ada@example.org
             */
            email: string;
            /** @description 10 to 200 characters. */
            password: string;
        };
        /** SignedIn */
        SignedIn: {
            id: string;
            created_at: number;
            last_used: number;
            expires_at: number;
            address: string;
            agent: string;
            is_this: boolean;
        };
        /** SizeAnswer */
        SizeAnswer: {
            size: number;
            most: number;
            /** @description `bytes` or `characters`. */
            unit: string;
            is_too_large: boolean;
        };
        /**
         * SkipReason
         * @description Why something was not sent: a closed list, each described in ``DESCRIPTIONS``.
         * @enum {string}
         */
        SkipReason: "no_subscription" | "no_consent" | "unsubscribed" | "suppressed" | "bounced" | "gone" | "unconfirmed" | "invalid_address" | "duplicate_address" | "sending_paused" | "journey_stopped" | "journey_paused" | "expired" | "render_error" | "missing_value" | "deleted_person" | "message_missing" | "no_channel" | "capped" | "quiet_hours" | "no_open_hour" | "hold_out" | "complaints" | "audience_cancelled" | "history_read";
        /** SkippedReport */
        SkippedReport: {
            reasons: components["schemas"]["ReasonRow"][];
            messages: components["schemas"]["SkippedRow"][];
            total: number;
        };
        /** SkippedRow */
        SkippedRow: {
            message_id: number;
            name: string;
            reason: string;
            sentence: string;
            count: number;
        };
        /** SnippetAnswer */
        SnippetAnswer: {
            id: number;
            app_id: number;
            name: string;
            source: string;
            version: number;
            created_at: number;
            updated_at: number;
            used_by: components["schemas"]["SnippetUse"][];
        };
        /** SnippetChange */
        SnippetChange: {
            /** @description The version that was read; 409 if it is no longer the current one. */
            version: number;
            /**
             * @description Liquid.
             * @example <p>{{ app.name }}, 1 rue de la Paix, Paris</p>
             */
            source: string;
        };
        /** SnippetCreation */
        SnippetCreation: {
            /**
             * @description What templates render it by.
             * @example footer
             */
            name: string;
            /**
             * @description Liquid.
             * @example <p>{{ app.name }}, 1 rue de la Paix, Paris</p>
             */
            source: string;
        };
        /** SnippetList */
        SnippetList: {
            items: components["schemas"]["SnippetAnswer"][];
        };
        /** SnippetUse */
        SnippetUse: {
            /** @enum {string} */
            kind: "message" | "snippet";
            id: number;
            name: string;
        };
        /**
         * Stage
         * @description The progress of a segment towards being live.
         * @enum {string}
         */
        Stage: "waiting" | "reading" | "deciding" | "joining";
        /** Step */
        Step: {
            version?: number | null;
        };
        /** SubscriptionAnswer */
        SubscriptionAnswer: {
            id: number;
            channel: string;
            address: string;
            state: string;
            device: {
                [key: string]: unknown;
            };
            created_at: number;
            updated_at: number;
            /** @description Of a suppressed address why it is on the suppression list: `bounced`, `complained`, `manual` or `imported`. Else what caused its state, if not the person. */
            reason: string;
            /** @description Topics to which a no was said of this very address, whoever had it then; `general` is all marketing. */
            refused: string[];
        };
        /** SubscriptionChange */
        SubscriptionChange: {
            id: number;
            state: components["schemas"]["SubscriptionState"];
        };
        /**
         * SubscriptionState
         * @description Whether messages may be sent to an address.
         * @enum {string}
         */
        SubscriptionState: "subscribed" | "unsubscribed" | "gone" | "suppressed" | "unconfirmed";
        /** SuggestedProperties */
        SuggestedProperties: {
            sampled: number;
            items: components["schemas"]["SuggestedProperty"][];
        };
        /** SuggestedProperty */
        SuggestedProperty: {
            name: string;
            kinds: ("text" | "number" | "boolean" | "date" | "list")[];
            count: number;
        };
        /** SuggestedValue */
        SuggestedValue: {
            value: unknown;
            count: number;
        };
        /** SuggestedValues */
        SuggestedValues: {
            sampled: number;
            items: components["schemas"]["SuggestedValue"][];
        };
        /** SuppressionAnswer */
        SuppressionAnswer: {
            id: number;
            channel: string;
            /** @description Null once its person was deleted: only a keyed hash of the address is left, which still holds. */
            address: string | null;
            reason: components["schemas"]["SuppressionReason"];
            note: string;
            /** @description As in the audit (`operator:1`, `key:2`); empty where Relance added it itself. */
            added_by: string;
            name: string;
            added_at: number;
            /** @description The message that bounced or was complained about; else empty. */
            delivery_id: string;
        };
        /** SuppressionCount */
        SuppressionCount: {
            channel: string;
            reason: string;
            addresses: number;
        };
        /** SuppressionCounts */
        SuppressionCounts: {
            items: components["schemas"]["SuppressionCount"][];
        };
        /**
         * SuppressionReason
         * @description Why an address is on the list.
         * @enum {string}
         */
        SuppressionReason: "bounced" | "complained" | "manual" | "imported";
        /** SuppressionsImported */
        SuppressionsImported: {
            added: number;
            already: number;
            bad_lines: number;
            bad: components["schemas"]["BadLine"][];
        };
        /** TestSend */
        TestSend: {
            person: number;
            /**
             * @description `message_id` of an event of this app, or an object of properties. None: `event` is empty in templates.
             * @example {
             *       "cart_id": "c1",
             *       "total": 49
             *     }
             */
            event?: string | {
                [key: string]: unknown;
            };
        };
        /** TestSent */
        TestSent: {
            deliveries: components["schemas"]["DeliveryAnswer"][];
        };
        /** Tier */
        Tier: {
            segment: number;
            most: number;
        };
        /** TopicTitles */
        TopicTitles: {
            topic: string;
            titles?: {
                [key: string]: string;
            };
        };
        /** Totals */
        Totals: {
            entered: number;
            waiting: number;
            completed: number;
            exits: components["schemas"]["ExitCount"][];
            otherwise: components["schemas"]["ReasonCount"][];
        };
        /** TrackedEvent */
        TrackedEvent: {
            /** @example Order Completed */
            event: string;
            /** @example u-42 */
            user_id?: string | null;
            anonymous_id?: string | null;
            properties?: {
                [key: string]: unknown;
            };
            context?: {
                [key: string]: unknown;
            };
            /** @description ISO 8601; now if left out. */
            timestamp?: string | null;
            /** @description The same id is taken once; made up if left out. */
            message_id?: string | null;
        };
        /** UnsendableAnswer */
        UnsendableAnswer: {
            reason: components["schemas"]["SkipReason"];
            path: string;
            detail: string;
            detail_reason: string | null;
            detail_parameters: {
                [key: string]: unknown;
            };
        };
        /** VersionAnswer */
        VersionAnswer: {
            version: number;
            name: string;
            rule: {
                [key: string]: unknown;
            };
            created_at: number;
            created_by: string;
            author: string;
            archived: boolean;
            sentence: components["schemas"]["Sentences"];
            difference: components["schemas"]["DifferenceAnswer"] | null;
        };
        /** WebhookAnswer */
        WebhookAnswer: {
            id: number;
            url: string;
            segments: number[];
            state: components["schemas"]["WebhookState"];
            created_at: number;
            created_by: string;
            answered_at: number | null;
            failing_since: number | null;
            next_at: number | null;
            detail: string;
        };
        /** WebhookChange */
        WebhookChange: {
            /** @example https://crm.example/relance */
            url?: string;
            /** @description The segments to be told of; empty means all. */
            segments?: number[];
            state?: "active" | "paused";
        };
        /** WebhookCreation */
        WebhookCreation: {
            /** @example https://crm.example/relance */
            url: string;
            /** @description The segments to be told of; empty means all. */
            segments?: number[];
        };
        /**
         * WebhookState
         * @description Whether messages are sent.
         * @enum {string}
         */
        WebhookState: "active" | "paused" | "stopped";
        /** WebhookTested */
        WebhookTested: {
            taken: boolean;
            detail: string;
        };
        /**
         * WhenHeld
         * @description What becomes of a message that may not leave now. Every wait ends after 72 hours, and with the message's validity.
         * @enum {string}
         */
        WhenHeld: "skip" | "wait" | "until_window_ends" | "next_day_same_hour";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getSetup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetupState"];
                };
            };
        };
    };
    setUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FirstOperator"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"] | null;
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: boolean;
                    };
                };
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: boolean;
                    };
                };
            };
        };
    };
    choosePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChoice"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.accounts.model.SignedIn_"];
                };
            };
        };
    };
    endOtherSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: number;
                    };
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The session's id, as it is listed. */
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listOperators: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.accounts.model.Operator_"];
                };
            };
        };
    };
    inviteOperator: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Invitation"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invited"];
                };
            };
        };
    };
    makePasswordLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The operator's id. */
                operator: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkToPassword"];
                };
            };
        };
    };
    removeOperator: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The operator's id. */
                operator: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listApps: {
        parameters: {
            query?: {
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.accounts.model.App_"];
                };
            };
        };
    };
    createApp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AppCreation"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApp"];
                };
            };
        };
    };
    getApp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["App"];
                };
            };
        };
    };
    changeApp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AppChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["App"];
                };
            };
        };
    };
    setSending: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Sending"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["App"];
                };
            };
        };
    };
    getPushKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PushKey"];
                };
            };
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.accounts.model.Key_"];
                };
            };
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyCreation"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKey"];
                };
            };
        };
    };
    rotateKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The key. */
                key: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKey"];
                };
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The key. */
                key: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listIdentitySecrets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentitySecrets"];
                };
            };
        };
    };
    createIdentitySecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewIdentitySecret"];
                };
            };
        };
    };
    deleteIdentitySecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The identity secret. */
                secret: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.auditing.AuditLine_"];
                };
            };
        };
    };
    listPeople: {
        parameters: {
            query?: {
                /** @description A name or its beginning, how an e-mail address, a user id or an anonymous id begins, or a person's id. */
                search?: string | null;
                /** @description Exactly this e-mail address. */
                email?: string | null;
                /** @description Exactly this alias, as `kind:value`. */
                alias?: string | null;
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.people.PersonSummary_"];
                };
            };
        };
    };
    createPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonCreation"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonAnswer"];
                };
            };
        };
    };
    getPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The person. */
                person: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonAnswer"];
                };
            };
        };
    };
    deletePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The person. */
                person: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The person. */
                person: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonAnswer"];
                };
            };
        };
    };
    getTimeline: {
        parameters: {
            query?: {
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The person. */
                person: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.events.PastEvent_"];
                };
            };
        };
    };
    listPersonRuns: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The person. */
                person: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonRuns"];
                };
            };
        };
    };
    listMissedEntries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The person. */
                person: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MissedEntries"];
                };
            };
        };
    };
    mergePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The person. */
                person: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MergeRequest"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonAnswer"];
                };
            };
        };
    };
    exportPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The person. */
                person: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
        };
    };
    setConsent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The person. */
                person: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConsentChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonAnswer"];
                };
            };
        };
    };
    listConsents: {
        parameters: {
            query?: {
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The person. */
                person: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.consents.ConsentRecordAnswer_"];
                };
            };
        };
    };
    recordConsent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The person. */
                person: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewConsent"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonAnswer"];
                };
            };
        };
    };
    recordConsents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ManyConsents"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsentsRecorded"];
                };
            };
        };
    };
    getPreferences: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The person. */
                person: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreferencesAnswer"];
                };
            };
        };
    };
    setPreferences: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The person. */
                person: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreferencesChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreferencesAnswer"];
                };
            };
        };
    };
    listDeletionRequests: {
        parameters: {
            query?: {
                /** @description Only requests of which this has become. */
                state?: components["schemas"]["DeletionState"] | null;
                /** @description Only of this person. */
                person?: number | null;
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.deletion_requests.DeletionRequestAnswer_"];
                };
            };
        };
    };
    cancelDeletionRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The deletion request. */
                request_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletionRequestAnswer"];
                };
            };
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description Only events of this name. */
                name?: string | null;
                /** @description Only of this person. */
                person?: number | null;
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.events.PastEvent_"];
                };
            };
        };
    };
    trackEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrackedEvent"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
        };
    };
    listEventNames: {
        parameters: {
            query?: {
                /** @description Only names that hold this, in any case. */
                search?: string;
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.events.EventName_"];
                };
            };
        };
    };
    listRejected: {
        parameters: {
            query?: {
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.events.SetAside_"];
                };
            };
        };
    };
    listHeldBack: {
        parameters: {
            query?: {
                /** @description `unproved_user`: the call named a user id without proof. `known_device`: it named nobody, on the device of somebody whom a server or a signed call has named. `too_many_confirmations`: it told an e-mail address that nobody was asked to confirm, as too many were within an hour. */
                reason?: components["schemas"]["HoldReason"] | null;
                /** @description Only of this person. */
                person?: number | null;
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.users.withheld.HeldBack_"];
                };
            };
        };
    };
    exportHeldBack: {
        parameters: {
            query?: {
                /** @description `unproved_user`: the call named a user id without proof. `known_device`: it named nobody, on the device of somebody whom a server or a signed call has named. `too_many_confirmations`: it told an e-mail address that nobody was asked to confirm, as too many were within an hour. */
                reason?: components["schemas"]["HoldReason"] | null;
                /** @description Only of this person. */
                person?: number | null;
                /** @description CSV as it is: without an apostrophe before what a spreadsheet would take for a formula. */
                raw?: boolean;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
        };
    };
    listSegments: {
        parameters: {
            query?: {
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.segments.SegmentAnswer_"];
                };
            };
        };
    };
    createSegment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SegmentCreation"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SegmentAnswer"];
                };
            };
        };
    };
    previewSegment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RulePreviewRequest"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewAnswer"];
                };
            };
        };
    };
    priceRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RulePreviewRequest"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cost"];
                };
            };
        };
    };
    getRuleSchema: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    listConditionKinds: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KindForm"][];
                };
            };
        };
    };
    sayRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RulePreviewRequest"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sentences"];
                };
            };
        };
    };
    getSegment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The segment. */
                segment: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SegmentAnswer"];
                };
            };
        };
    };
    archiveSegment: {
        parameters: {
            query?: {
                /** @description The version that was read; 409 if it is no longer the current one. */
                version?: number | null;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The segment. */
                segment: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeSegment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The segment. */
                segment: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SegmentChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SegmentAnswer"];
                };
            };
        };
    };
    listSegmentDependents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The segment. */
                segment: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dependents"];
                };
            };
        };
    };
    listMembers: {
        parameters: {
            query?: {
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The segment. */
                segment: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Members"];
                };
            };
        };
    };
    listMemberships: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The person. */
                person: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Memberships"];
                };
            };
        };
    };
    listSegmentVersions: {
        parameters: {
            query?: {
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The segment. */
                segment: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.segment_versions.VersionAnswer_"];
                };
            };
        };
    };
    compareSegmentVersions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The segment. */
                segment: number;
                /** @description The earlier version. */
                earlier: number;
                /** @description The other version. */
                later: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DifferenceAnswer"];
                };
            };
        };
    };
    restoreSegmentVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The segment. */
                segment: number;
                /** @description The earlier version. */
                earlier: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Restoration"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SegmentAnswer"];
                };
            };
        };
    };
    listSegmentChanges: {
        parameters: {
            query?: {
                /** @description An instant in ms. */
                since?: number | null;
                /** @description An instant in ms. */
                until?: number | null;
                /** @description Only those who entered, who left, or who merged. */
                change?: "entered" | "left" | "merged" | null;
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The segment. */
                segment: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.segment_course.MembershipChange_"];
                };
            };
        };
    };
    getSegmentCourse: {
        parameters: {
            query?: {
                /** @description An instant in ms. */
                since?: number | null;
                /** @description An instant in ms. */
                until?: number | null;
                /** @description Length of an interval in ms. */
                every?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The segment. */
                segment: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Course"];
                };
            };
        };
    };
    getSegmentFreshness: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Freshness"];
                };
            };
        };
    };
    explainMembership: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The segment. */
                segment: number;
                /** @description The person. */
                person: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
        };
    };
    explainRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExplanationRequest"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
        };
    };
    exportMembers: {
        parameters: {
            query?: {
                /** @description `csv` (with a head, in UTF-8) or `parquet`. */
                format?: "csv" | "parquet";
                /** @description CSV as it is: without an apostrophe before what a spreadsheet would take for a formula. */
                raw?: boolean;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The segment. */
                segment: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
        };
    };
    suggestProperties: {
        parameters: {
            query?: {
                /** @description The event's name; without one, traits of people are meant. */
                event?: string | null;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuggestedProperties"];
                };
            };
        };
    };
    suggestValues: {
        parameters: {
            query: {
                /** @description The property, with dots for what lies inside. */
                name: string;
                /** @description The event's name; without one, traits of people are meant. */
                event?: string | null;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuggestedValues"];
                };
            };
        };
    };
    readFilters: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FiltersGiven"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleRead"];
                };
            };
        };
    };
    writeFilters: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RuleGiven"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FiltersWritten"];
                };
            };
        };
    };
    listLists: {
        parameters: {
            query?: {
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.lists.ListAnswer_"];
                };
            };
        };
    };
    createList: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ListCreation"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAnswer"];
                };
            };
        };
    };
    listListSizes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListSizes"];
                };
            };
        };
    };
    getList: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The static list. */
                list_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAnswer"];
                };
            };
        };
    };
    archiveList: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The static list. */
                list_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listListPeople: {
        parameters: {
            query?: {
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The static list. */
                list_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.people.PersonSummary_"];
                };
            };
        };
    };
    changeList: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The static list. */
                list_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ListChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListChanged"];
                };
            };
        };
    };
    readListFile: {
        parameters: {
            query?: {
                /** @description Which column, from 0; without one it is guessed. */
                column?: number | null;
                /** @description Whether the first row names the columns; without it that is guessed. */
                header?: boolean | null;
                /** @description As `windows-1252`; without one what the file's first bytes say, else UTF-8. */
                encoding?: string;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListFile"];
                };
            };
        };
    };
    listListDependents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The static list. */
                list_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dependents"];
                };
            };
        };
    };
    listListsOfPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The person. */
                person: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListsOfPerson"];
                };
            };
        };
    };
    listChannels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelList"];
                };
            };
        };
    };
    checkMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The message. */
                message: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessageCheckRequest"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageCheckAnswer"];
                };
            };
        };
    };
    listMessages: {
        parameters: {
            query?: {
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
                /** @description Whether archived ones are listed, too. */
                archived?: boolean;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.messages.MessageAnswer_"];
                };
            };
        };
    };
    createMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessageCreation"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageAnswer"];
                };
            };
        };
    };
    getMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The message. */
                message: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageAnswer"];
                };
            };
        };
    };
    deleteMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The message. */
                message: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The message. */
                message: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessageChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageAnswer"];
                };
            };
        };
    };
    getMessageWordings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The message. */
                message: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageWordings"];
                };
            };
        };
    };
    testMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The message. */
                message: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TestSend"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestSent"];
                };
            };
        };
    };
    previewMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The message. */
                message: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessagePreviewRequest"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagePreview"];
                };
            };
        };
    };
    archiveMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The message. */
                message: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Step"] | null;
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageAnswer"];
                };
            };
        };
    };
    restoreMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The message. */
                message: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Step"] | null;
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageAnswer"];
                };
            };
        };
    };
    listSnippets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SnippetList"];
                };
            };
        };
    };
    createSnippet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SnippetCreation"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SnippetAnswer"];
                };
            };
        };
    };
    getSnippet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The snippet. */
                snippet: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SnippetAnswer"];
                };
            };
        };
    };
    deleteSnippet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The snippet. */
                snippet: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeSnippet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The snippet. */
                snippet: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SnippetChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SnippetAnswer"];
                };
            };
        };
    };
    sendMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The message. */
                message: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendCall"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendAnswer"];
                };
            };
        };
    };
    listAudiences: {
        parameters: {
            query?: {
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.audiences.AudienceAnswer_"];
                };
            };
        };
    };
    resumeAudience: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The audience. */
                audience: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AudienceAnswer"];
                };
            };
        };
    };
    cancelAudience: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The audience. */
                audience: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AudienceAnswer"];
                };
            };
        };
    };
    listSendingDomains: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendingDomains"];
                };
            };
        };
    };
    resumeSendingDomain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The sending domain. */
                domain: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendingDomains"];
                };
            };
        };
    };
    listJourneys: {
        parameters: {
            query?: {
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
                /** @description Whether archived ones are listed, too. */
                archived?: boolean;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.journeys.model.Journey_"];
                };
            };
        };
    };
    createJourney: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JourneyCreation"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Journey"];
                };
            };
        };
    };
    listNodeKinds: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KindForm"][];
                };
            };
        };
    };
    getGraphSchema: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    getJourney: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The journey. */
                journey: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Journey"];
                };
            };
        };
    };
    deleteJourney: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The journey. */
                journey: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeJourney: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The journey. */
                journey: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JourneyChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Journey"];
                };
            };
        };
    };
    publishJourney: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The journey. */
                journey: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Step"] | null;
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Publication"];
                };
            };
        };
    };
    pauseJourney: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The journey. */
                journey: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Step"] | null;
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Journey"];
                };
            };
        };
    };
    resumeJourney: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The journey. */
                journey: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Step"] | null;
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Journey"];
                };
            };
        };
    };
    archiveJourney: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The journey. */
                journey: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Step"] | null;
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Journey"];
                };
            };
        };
    };
    tryPublishing: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The journey. */
                journey: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Publication"];
                };
            };
        };
    };
    countRuns: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The journey. */
                journey: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Counts"];
                };
            };
        };
    };
    listRuns: {
        parameters: {
            query?: {
                /** @description Only runs in this state. */
                state?: components["schemas"]["RunState"] | null;
                /** @description Only runs that stand at this node, or ended there. */
                node?: string | null;
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The journey. */
                journey: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.journeys.RunAnswer_"];
                };
            };
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                /** @description Only in this state. */
                state?: components["schemas"]["DeliveryState"] | null;
                /** @description Only skipped for this reason. */
                reason?: components["schemas"]["SkipReason"] | null;
                /** @description Only of this person. */
                person?: number | null;
                /** @description Only of this message. */
                message?: number | null;
                /** @description Only of this journey. */
                journey?: number | null;
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.deliveries.DeliveryAnswer_"];
                };
            };
        };
    };
    listPersonDeliveries: {
        parameters: {
            query?: {
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The person. */
                person: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.deliveries.DeliveryAnswer_"];
                };
            };
        };
    };
    getDeliveryContent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The delivery. */
                delivery: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryContent"];
                };
            };
        };
    };
    getQueue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueAnswer"];
                };
            };
        };
    };
    getOverview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OverviewReport"];
                };
            };
        };
    };
    getMessagesReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagesReport"];
                };
            };
        };
    };
    getSkippedReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SkippedReport"];
                };
            };
        };
    };
    getSegmentsReport: {
        parameters: {
            query?: {
                /** @description An instant in ms. */
                since?: number | null;
                /** @description An instant in ms. */
                until?: number | null;
                /** @description Length of an interval in ms. */
                every?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SegmentsReport"];
                };
            };
        };
    };
    getRfmReport: {
        parameters: {
            query?: {
                /** @description The event that counts as a purchase. */
                event?: string;
                /** @description The property that says what was spent: `total`. */
                amount?: string | null;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RfmReport"];
                };
            };
        };
    };
    getLatencyReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LatencyReport"];
                };
            };
        };
    };
    listCaps: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cap"][];
                };
            };
        };
    };
    createCap: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CapCreation"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cap"];
                };
            };
        };
    };
    getCap: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The cap. */
                cap: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cap"];
                };
            };
        };
    };
    deleteCap: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The cap. */
                cap: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeCap: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The cap. */
                cap: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CapChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cap"];
                };
            };
        };
    };
    listCountryHours: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CountryHoursAnswer"][];
                };
            };
        };
    };
    listQuietHours: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuietHours"][];
                };
            };
        };
    };
    createQuietHours: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QuietHoursCreation"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuietHours"];
                };
            };
        };
    };
    getQuietHours: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The quiet hours. */
                hours: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuietHours"];
                };
            };
        };
    };
    deleteQuietHours: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The quiet hours. */
                hours: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeQuietHours: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The quiet hours. */
                hours: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QuietHoursChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuietHours"];
                };
            };
        };
    };
    listProviderTypes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderTypeAnswer"][];
                };
            };
        };
    };
    listProviderRoutes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RouteAnswer"][];
                };
            };
        };
    };
    listProviders: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderAnswer"][];
                };
            };
        };
    };
    createProvider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProviderCreation"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderAnswer"];
                };
            };
        };
    };
    getProvider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The provider. */
                provider: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderAnswer"];
                };
            };
        };
    };
    deleteProvider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The provider. */
                provider: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeProvider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The provider. */
                provider: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProviderChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderAnswer"];
                };
            };
        };
    };
    testProvider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The provider. */
                provider: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProviderTest"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderTested"];
                };
            };
        };
    };
    importPushSubscriptions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PushSubscriptions"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Imported"];
                };
            };
        };
    };
    importPushSubscriptionFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Imported"];
                };
            };
        };
    };
    reportDeviceToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceTokenReport"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceTokenAnswer"];
                };
            };
        };
    };
    removeDeviceToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceTokenRemoval"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceTokenAnswer"];
                };
            };
        };
    };
    listSuppressions: {
        parameters: {
            query?: {
                /** @description Only addresses of this channel. */
                channel?: components["schemas"]["Channel"] | null;
                /** @description Only addresses listed for this reason. */
                reason?: components["schemas"]["SuppressionReason"] | null;
                /** @description How the address begins. */
                address?: string | null;
                /** @description `next` of the page before; none for the first page. */
                cursor?: string | null;
                /** @description Most items in the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_relance.web.api.suppressions.SuppressionAnswer_"];
                };
            };
        };
    };
    addSuppression: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSuppressionEntry"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuppressionAnswer"];
                };
            };
        };
    };
    countSuppressions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuppressionCounts"];
                };
            };
        };
    };
    exportSuppressions: {
        parameters: {
            query?: {
                /** @description CSV as it is: without an apostrophe before what a spreadsheet would take for a formula. */
                raw?: boolean;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
        };
    };
    importSuppressions: {
        parameters: {
            query?: {
                /** @description The channel of rows that name none. */
                channel?: components["schemas"]["Channel"];
                /** @description By whose rules phone numbers of rows that name no country are read (ISO 3166); empty: the app's own. */
                country?: string;
                /** @description As `windows-1252`; without one what the file's first bytes say, else UTF-8. */
                encoding?: string;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuppressionsImported"];
                };
            };
        };
    };
    getSuppression: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The entry of the suppression list. */
                suppression: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuppressionAnswer"];
                };
            };
        };
    };
    removeSuppression: {
        parameters: {
            query?: {
                /** @description True to remove an address whose reader complained: only if they asked for messages again. */
                lift_complaint?: boolean;
            };
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The entry of the suppression list. */
                suppression: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookAnswer"][];
                };
            };
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookCreation"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The webhook. */
                webhook: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookAnswer"];
                };
            };
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The webhook. */
                webhook: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The webhook. */
                webhook: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookAnswer"];
                };
            };
        };
    };
    skipWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The webhook. */
                webhook: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookAnswer"];
                };
            };
        };
    };
    rotateWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The webhook. */
                webhook: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app. */
                app: number;
                /** @description The webhook. */
                webhook: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTested"];
                };
            };
        };
    };
}
