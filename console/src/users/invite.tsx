import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { act, isActing, showResults } from "../acts/act-store.ts";
import type { ActItem } from "../acts/act.ts";
import { isProvider, useRealm } from "../frame/realm.ts";
import type { Named } from "../lists/named-query.ts";
import { Picker } from "../lists/picker.tsx";
import { INVITATION } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import { RouteDialog, useLeadTo } from "../ui/form-dialog.tsx";
import { Form, FormBoxes, FormChoice, FormField } from "../ui/form.tsx";
import form from "../ui/form.module.css";
import { trimmed } from "../ui/trimmed.ts";
import { Chosen } from "./chosen.tsx";
import { InvitePreview } from "./invite-preview.tsx";
import { readInviteList, writeInviteList } from "./invite-list.ts";
import type { Invitee } from "./invite-list.ts";
import { grantableRoles } from "./roles.ts";
import { TeamsPicker } from "./teams-picker.tsx";
import { invitationWords } from "./user-acts.tsx";

interface NewInvitations extends Invitee {
  readonly how: string;
  readonly list: string;
  readonly roles: readonly string[];
}

const EMPTY: NewInvitations = { how: "one", email: "", givenName: "", familyName: "", list: "", roles: [] };

/** What of an invitation is wrong in which field; who is a member already has the address as a user name. */
const ATTRIBUTES = { email: ["emails", "userName"] };

/** What was to be sent to many, and was not, by the realm; the form begins with it the next time. */
interface Left {
  readonly values: NewInvitations;
  readonly organization: Named | undefined;
  readonly teams: readonly Named[];
}

const leftIn = new Map<string, Left>();

/** Invites one person, or many from a list, to an organization. */
export function Invite() {
  const { id: realmId, realm } = useRealm();
  const leadTo = useLeadTo();
  const [left] = useState(leftIn.get(realmId));
  const values = useForm({ defaultValues: left?.values ?? EMPTY });
  const [how, text] = useWatch({ control: values.control, name: ["how", "list"] });
  const [organization, setOrganization] = useState(left?.organization);
  const [teams, setTeams] = useState(left?.teams ?? []);
  const isMany = how === "many";
  const list = readInviteList(isMany ? text : "");
  const count = list.invitees.length;

  const resourceOf = ({ email, givenName, familyName }: Invitee, roles: readonly string[]) => ({
    schemas: [INVITATION],
    ...(organization && { organization: { value: organization.id } }),
    emails: [{ value: email }],
    ...(givenName !== "" && { givenName }),
    ...(familyName !== "" && { familyName }),
    ...(roles.length > 0 && { roles: roles.map((value) => ({ value })) }),
    ...(teams.length > 0 && { teams: teams.map(({ id }) => ({ value: id })) }),
  });
  const itemOf = (invitee: Invitee, roles: readonly string[]): ActItem => ({
    id: invitee.email,
    name: [invitee.givenName, invitee.familyName].filter(Boolean).join(" ") || invitee.email,
    detail: invitee.email,
    operation: {
      method: "POST",
      path: "/Invitations",
      bulkId: invitee.email,
      data: resourceOf(invitee, roles),
    },
  });

  const invite = async (entered: NewInvitations) => {
    const { roles, ...invitee } = trimmed(entered);
    if (isProvider(realm) && !organization) throw new Error("Choose the organization first.");
    if (isMany) {
      if (count === 0) throw new Error("The list has nobody who can be invited.");
      if (isActing())
        throw new Error("Another change of many people is still running. Wait until it is over.");
      const items = list.invitees.map((each) => itemOf(each, roles));
      void act(realmId, items, invitationWords(count)).then((results) => {
        const done = new Set(results.filter(({ outcome }) => outcome === "done").map(({ item }) => item.id));
        const invitees = list.invitees.filter(({ email }) => !done.has(email));
        const again = { ...entered, list: writeInviteList(invitees) };
        if (invitees.length === 0) leftIn.delete(realmId);
        else leftIn.set(realmId, { values: again, organization, teams });
      });
    } else {
      await scimIn(realmId).create("Invitations", resourceOf(invitee, roles));
      showResults(realmId, invitationWords(1), [{ item: itemOf(invitee, roles), outcome: "done" }]);
      void queries.invalidateQueries({ queryKey: [realmId] });
    }
    values.reset(entered);
    leadTo("..", true);
  };

  return (
    <RouteDialog title="Invite people" isDirty={values.formState.isDirty}>
      {(close) => (
        <Form
          form={values}
          action={
            isMany ? (count === 1 ? "Invite 1 person" : `Invite ${count.toLocaleString()} people`) : "Invite"
          }
          attributes={ATTRIBUTES}
          onSubmit={invite}
          onCancel={close}
        >
          <FormChoice<NewInvitations>
            name="how"
            label="Whom to invite"
            options={[
              { value: "one", label: "One person" },
              { value: "many", label: "Many, from a list" },
            ]}
          />
          {isMany && left && <p>The list has those who were not invited the last time.</p>}
          {isMany ? (
            <InvitePreview
              list={list}
              onFile={(content) => values.setValue("list", content, { shouldDirty: true })}
            />
          ) : (
            <>
              <FormField<NewInvitations> name="email" label="E-mail" type="email" isRequired autoFocus />
              <div className={form.row}>
                <FormField<NewInvitations> name="givenName" label="First name" />
                <FormField<NewInvitations> name="familyName" label="Last name" />
              </div>
            </>
          )}
          {isProvider(realm) && (
            <Chosen
              label="Organization"
              picked={organization}
              onChange={() => {
                setOrganization(undefined);
                setTeams([]);
              }}
            >
              <Picker label="Organization" path="Groups" onPick={setOrganization} />
            </Chosen>
          )}
          {(organization ?? !isProvider(realm)) && (
            <>
              <TeamsPicker organization={organization?.id} teams={teams} onChange={setTeams} />
              <FormBoxes<NewInvitations>
                name="roles"
                label="Roles"
                hint="Without one, people become plain members."
                options={grantableRoles(realm, "organization")}
              />
            </>
          )}
        </Form>
      )}
    </RouteDialog>
  );
}
