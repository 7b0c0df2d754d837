import { QueryClientProvider } from "@tanstack/react-query";
import { createBrowserRouter, RouterProvider } from "react-router";
import { enterRealm, leadToRealm } from "./frame/entry.ts";
import { Frame } from "./frame/frame.tsx";
import { Home } from "./frame/home.tsx";
import { NothingHere, ProblemPage } from "./frame/problem-page.tsx";
import { REALM_ROUTE } from "./frame/realm.ts";
import { BASE_PATH } from "./page.ts";
import { queries } from "./server.ts";
import { UserPanel } from "./users/user-panel.tsx";
import { UsersPage } from "./users/users-page.tsx";

/** All pages. An address says where it is, the realm, and what is shown there. */
const router = createBrowserRouter(
  [
    {
      path: "/",
      loader: leadToRealm,
      Component: Nothing,
      ErrorBoundary: ProblemPage,
      HydrateFallback: Nothing,
    },
    {
      path: "/:realm",
      id: REALM_ROUTE,
      loader: enterRealm,
      // What the person may do changes with the realm, not with each letter of a search.
      shouldRevalidate: ({ currentParams, nextParams, defaultShouldRevalidate, currentUrl, nextUrl }) =>
        currentParams.realm !== nextParams.realm ||
        (currentUrl.href === nextUrl.href && defaultShouldRevalidate),
      Component: Frame,
      ErrorBoundary: ProblemPage,
      HydrateFallback: Nothing,
      children: [
        { index: true, Component: Home },
        {
          path: "users",
          Component: UsersPage,
          children: [
            {
              path: "create",
              lazy: async () => ({ Component: (await import("./users/create-user.tsx")).CreateUser }),
            },
            {
              path: "add",
              lazy: async () => ({ Component: (await import("./users/add-user.tsx")).AddUser }),
            },
            {
              path: "invite",
              lazy: async () => ({ Component: (await import("./users/invite.tsx")).Invite }),
            },
            {
              path: ":id",
              Component: UserPanel,
              children: [
                {
                  path: "edit",
                  lazy: async () => ({ Component: (await import("./users/edit-user.tsx")).EditUser }),
                },
              ],
            },
          ],
        },
        {
          path: "organizations",
          lazy: async () => ({
            Component: (await import("./organizations/organizations-page.tsx")).OrganizationsPage,
          }),
          children: [
            {
              path: "create",
              lazy: async () => ({
                Component: (await import("./organizations/create-organization.tsx")).CreateOrganization,
              }),
            },
            {
              path: ":id",
              lazy: async () => ({
                Component: (await import("./organizations/organization-panel.tsx")).OrganizationPanel,
              }),
              children: [
                {
                  path: "edit",
                  lazy: async () => ({
                    Component: (await import("./organizations/edit-organization.tsx")).EditOrganization,
                  }),
                },
              ],
            },
          ],
        },
        {
          path: "organization",
          lazy: async () => ({
            Component: (await import("./organizations/own-organization.tsx")).OwnOrganization,
          }),
          children: [
            {
              path: "edit",
              lazy: async () => ({
                Component: (await import("./organizations/edit-organization.tsx")).EditOrganization,
              }),
            },
          ],
        },
        {
          path: "teams",
          lazy: async () => ({ Component: (await import("./teams/teams-page.tsx")).TeamsPage }),
          children: [
            {
              path: "create",
              lazy: async () => ({ Component: (await import("./teams/create-team.tsx")).CreateTeam }),
            },
            {
              path: ":id",
              lazy: async () => ({ Component: (await import("./teams/team-panel.tsx")).TeamPanel }),
              children: [
                {
                  path: "edit",
                  lazy: async () => ({ Component: (await import("./teams/edit-team.tsx")).EditTeam }),
                },
              ],
            },
          ],
        },
        {
          path: "invitations",
          lazy: async () => ({
            Component: (await import("./invitations/invitations-page.tsx")).InvitationsPage,
          }),
          children: [
            {
              path: "create",
              lazy: async () => ({
                Component: (await import("./invitations/create-invitation.tsx")).CreateInvitation,
              }),
            },
            {
              path: ":id",
              lazy: async () => ({
                Component: (await import("./invitations/invitation-panel.tsx")).InvitationPanel,
              }),
              children: [
                {
                  path: "edit",
                  lazy: async () => ({
                    Component: (await import("./invitations/edit-invitation.tsx")).EditInvitation,
                  }),
                },
              ],
            },
          ],
        },
        {
          path: "tokens",
          lazy: async () => ({ Component: (await import("./tokens/tokens-page.tsx")).TokensPage }),
          children: [
            {
              path: "create",
              lazy: async () => ({ Component: (await import("./tokens/create-token.tsx")).CreateToken }),
            },
            {
              path: ":id",
              lazy: async () => ({ Component: (await import("./tokens/token-panel.tsx")).TokenPanel }),
              children: [
                {
                  path: "rotate",
                  lazy: async () => ({ Component: (await import("./tokens/rotate-token.tsx")).RotateToken }),
                },
              ],
            },
          ],
        },
        {
          path: "activity",
          lazy: async () => ({ Component: (await import("./activity/activity-page.tsx")).ActivityPage }),
          children: [
            {
              path: ":id",
              lazy: async () => ({ Component: (await import("./activity/event-panel.tsx")).EventPanel }),
            },
          ],
        },
        {
          path: "settings",
          lazy: async () => ({ Component: (await import("./settings/settings-page.tsx")).SettingsPage }),
        },
        {
          path: "sessions",
          lazy: async () => ({
            Component: (await import("./sessions/own-sessions-page.tsx")).OwnSessionsPage,
          }),
        },
        { path: "*", Component: NothingHere },
      ],
    },
  ],
  { basename: BASE_PATH },
);

export const App = () => (
  <QueryClientProvider client={queries}>
    <RouterProvider router={router} />
  </QueryClientProvider>
);

/** While the first page comes. */
function Nothing() {
  return null;
}
