import { queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { useForm } from "react-hook-form";
import type { Location } from "react-router";
import { isProvider, may, useRealm } from "../frame/realm.ts";
import { ResourceLink } from "../frame/resource-link.tsx";
import { useSession } from "../frame/use-session.ts";
import { TAB } from "../lists/panel.tsx";
import { compare } from "../scim/filter.ts";
import { MEMBERSHIP } from "../scim/resources.ts";
import type { Team, User } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import { Button } from "../ui/button.tsx";
import { confirm } from "../ui/confirm.tsx";
import { Form, FormBoxes } from "../ui/form.tsx";
import { useGuard } from "../ui/guard.tsx";
import { Locked } from "../ui/locked.tsx";
import { givenRoles, grantableRoles, takenRoles } from "./roles.ts";
import { nameOfRole } from "./user-names.ts";
import styles from "./users.module.css";

/** A role that a person has. */
export interface HeldRole {
  readonly value?: string;
  /** `team`: as long as the person is in a team that gives it. */
  readonly type?: string;
}

/** How many teams of a person are asked for what they give. */
const MOST_TEAMS = 150;

/** The teams of a person that give roles. @param ids of all the person's teams */
const givingTeams = (realm: string, ids: readonly string[]) =>
  queryOptions({
    queryKey: [realm, "Teams", "giving", ids],
    queryFn: async ({ signal }) => {
      const some = ids.slice(0, MOST_TEAMS);
      const query = {
        filter: some.map((id) => compare("id", "eq", id)).join(" or "),
        attributes: "displayName,roles,organization",
        count: some.length,
      };
      const { Resources } = await scimIn(realm).list<Team>("Teams", query, signal);
      return Resources.filter(({ roles = [] }) => roles.length > 0);
    },
    enabled: ids.length > 0,
  });

const isSameRole = (one: HeldRole, other: HeldRole) =>
  one.value?.toLowerCase() === other.value?.toLowerCase();

interface RolesProps {
  readonly user: User;
  /** In the provider's realm: the organization whose roles they are; undefined: the provider's. */
  readonly organization?: string;
  readonly roles: readonly HeldRole[];
  /** What they are roles in, as the end of a sentence: 'the provider', or a name. */
  readonly place: string;
  /** Said where there are none. */
  readonly none: string;
}

/** The roles of a person in one place, and where each comes from. Those who may give roles change them here. */
export function Roles(props: RolesProps) {
  const { roles, place, none } = props;
  const { realm } = useRealm();
  // Undefined: not yet, so the button does not take the focus.
  const [isEditing, setIsEditing] = useState<boolean>();
  const close = () => setIsEditing(false);
  if (isEditing === true) return <RolesForm {...props} onClose={close} />;
  const own = roles.filter(({ type }) => type !== "team");
  const options = grantableRoles(realm, scopeOf(props, isProvider(realm)));
  return (
    <div className={styles.roles}>
      {own.map(({ value = "" }) => (
        <div key={value}>{nameOfRole(value)}</div>
      ))}
      <TeamRoles {...props} />
      {roles.length === 0 && <span className={styles.quiet}>{none}</span>}
      {may(realm, "change Users") && (options.length > 0 || own.length > 0) && (
        <Button
          kind="quiet"
          aria-label={`Change roles in ${place}`}
          autoFocus={isEditing === false}
          onPress={() => setIsEditing(true)}
        >
          Change roles
        </Button>
      )}
    </div>
  );
}

const scopeOf = ({ organization }: Pick<RolesProps, "organization">, isInProvider: boolean) =>
  isInProvider && organization === undefined ? "provider" : "organization";

/** The roles that come from teams, which are changed there. */
function TeamRoles({ user, organization, roles }: RolesProps) {
  const { id: realmId } = useRealm();
  const byTeams = roles.filter(({ type }) => type === "team");
  const ids = byTeams.length === 0 ? [] : (user[MEMBERSHIP]?.teams ?? []).map(({ value }) => value);
  const { data = [] } = useQuery(givingTeams(realmId, ids));
  return byTeams.map((role) => {
    const teams = data.filter(
      (team) =>
        (organization === undefined || team.organization.value === organization) &&
        team.roles?.some((each) => isSameRole(each, role)) === true,
    );
    return (
      <div key={role.value} className={styles.byTeam}>
        {nameOfRole(role.value ?? "")}
        <Locked>
          {teams.length === 0 ? "by a team" : teams.length === 1 ? "by the team " : "by the teams "}
          {separated(
            teams.map(({ id, displayName }) => (
              <ResourceLink key={id} type="Team" id={id}>
                {displayName}
              </ResourceLink>
            )),
          )}
        </Locked>
      </div>
    );
  });
}

const separated = (nodes: readonly ReactNode[]) =>
  nodes.flatMap((node, index) => (index === 0 ? [node] : [", ", node]));

interface RolesChange {
  readonly roles: readonly string[];
}

const PANEL_KEYS = ["Escape", "j", "k"];

/** Administrators lose the page that they are on with such a role. */
const ADMINISTRATORS = ["provider-admin", "organization-admin"];

/** There as long as something is ticked that is not saved: a dialog that opens over the form has a guard of its own. */
function RolesGuard({ onDiscard }: { readonly onDiscard: () => void }) {
  useGuard(true, { isLost: leavesForm, onDiscard });
  return null;
}

/** Another page, another person, or another tab. In another realm, it could not be saved. */
const leavesForm = (from: Location, to: Location) =>
  from.pathname.split("/")[1] === to.pathname.split("/")[1] &&
  (from.pathname !== to.pathname || tabIn(from) !== tabIn(to));

const tabIn = ({ search }: Location) => new URLSearchParams(search).get(TAB);

function RolesForm({ onClose, ...props }: RolesProps & { readonly onClose: () => void }) {
  const { user, organization, roles, place } = props;
  const { id: realmId, realm } = useRealm();
  const { user: self } = useSession();
  const scope = scopeOf(props, isProvider(realm));
  const known = grantableRoles(realm, scope);
  // What the form began with, whatever others change meanwhile: only what was ticked here is written.
  const [own] = useState(() =>
    roles
      .filter(({ type, value }) => type !== "team" && value !== undefined)
      .map(({ value = "" }) => known.find((option) => isSameRole(option, { value }))?.value ?? value),
  );
  // What nobody gives, such as an app role of an identity provider, can be taken away.
  const others = own.filter((value) => !known.some((option) => option.value === value));
  const options = [...known, ...others.map((value) => ({ value, label: nameOfRole(value) }))];
  const form = useForm<RolesChange>({ defaultValues: { roles: own } });
  const { setFocus } = form;
  useEffect(() => setFocus("roles"), [setFocus]);
  const { isDirty } = form.formState;

  const write = async (given: readonly string[], taken: readonly string[]) => {
    // The provider's roles come by no team, so they have no type.
    const type = scope === "provider" ? undefined : "direct";
    await scimIn(realmId).patch(`Users/${user.id}`, [
      ...(given.length > 0 ? [givenRoles(given, organization, type)] : []),
      ...takenRoles(taken, organization),
    ]);
    void queries.invalidateQueries({ queryKey: [realmId] });
    onClose();
  };
  const save = async ({ roles: chosen }: RolesChange) => {
    const given = chosen.filter((value) => !own.includes(value));
    const taken = own.filter((value) => !chosen.includes(value));
    if (given.length + taken.length === 0) onClose();
    else if (self.value === user.id && taken.some((value) => ADMINISTRATORS.includes(value))) {
      confirm({
        title: `Remove your own role in ${place}?`,
        text: (
          <p>
            You lose at once what only this role allows. If you have no other, another administrator has to
            give it back to you.
          </p>
        ),
        action: "Remove my role",
        run: () => write(given, taken),
      });
    } else await write(given, taken);
  };

  // The keys of the panel would lead away from the form.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    if (PANEL_KEYS.includes(event.key)) event.stopPropagation();
  };

  return (
    <div className={styles.rolesForm} onKeyDown={onKeyDown}>
      {isDirty && <RolesGuard onDiscard={onClose} />}
      <Form form={form} action="Save" onSubmit={save} onCancel={onClose}>
        <FormBoxes<RolesChange> name="roles" label={`Roles in ${place}`} options={options} />
        <TeamRoles {...props} />
      </Form>
    </div>
  );
}
