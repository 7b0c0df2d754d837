import { Check, ChevronDown, X } from "lucide-react";
import { Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { useRealm } from "../frame/realm.ts";
import { MEMBERSHIP } from "../scim/resources.ts";
import type { Team, User } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import type { Acts } from "../ui/acts.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { confirm } from "../ui/confirm.tsx";
import { isolated } from "../ui/isolated.ts";
import menu from "../ui/menu.module.css";
import { nameOf } from "../users/user-names.ts";
import { powerOver } from "./team-power.ts";
import styles from "./teams.module.css";

const ROLES = [
  { id: "", label: "Member" },
  { id: "team-manager", label: "Team manager" },
  { id: "team-admin", label: "Team admin" },
];

interface MemberActsProps {
  readonly team: Team;
  readonly user: User;
  readonly acts: Acts;
}

/** A member's role in the team, and what can be done with the member. */
export function MemberActs({ team, user, acts: { isBusy, run } }: MemberActsProps) {
  const { id: realmId, realm } = useRealm();
  const { mayChangeMembers, mayGiveTeamRoles } = powerOver(team, realm);
  const role = user[MEMBERSHIP]?.teams?.find(({ value }) => value === team.id)?.role?.toLowerCase() ?? "";
  const label = ROLES.find(({ id }) => id === role)?.label ?? role;
  const member = `members[value eq "${user.id}"]`;
  const name = isolated(nameOf(user));
  const patch = async (operation: object) => {
    await scimIn(realmId).patch(`Teams/${team.id}`, [operation]);
    await queries.invalidateQueries({ queryKey: [realmId] });
  };
  const setRole = async (next: string) => {
    const path = `${member}.role`;
    await patch(next === "" ? { op: "remove", path } : { op: "add", path, value: next });
    return `${name} is ${ROLES.find(({ id }) => id === next)?.label.toLowerCase()} now.`;
  };
  const mayRemove = mayChangeMembers && (mayGiveTeamRoles || role === "");
  return (
    <span className={styles.acts}>
      {mayGiveTeamRoles ? (
        <MenuTrigger>
          <Button kind="quiet" isDisabled={isBusy} aria-label={`Role of ${nameOf(user)}: ${label}`}>
            {label}
            <ChevronDown size={14} aria-hidden />
          </Button>
          <Popover className={menu.popover} placement="bottom end">
            <Menu
              className={menu.menu}
              aria-label={`Role of ${nameOf(user)}`}
              onAction={(key) => String(key) !== `role:${role}` && run(() => setRole(String(key).slice(5)))}
            >
              {ROLES.map(({ id, label: text }) => (
                <MenuItem key={id} id={`role:${id}`} className={menu.item} textValue={text}>
                  <span>{text}</span>
                  {id === role && <Check size={16} aria-hidden />}
                </MenuItem>
              ))}
            </Menu>
          </Popover>
        </MenuTrigger>
      ) : (
        role !== "" && <small>{label}</small>
      )}
      {mayRemove && (
        <IconButton
          label={`Remove ${nameOf(user)} from the team`}
          isDisabled={isBusy}
          onPress={() =>
            confirm({
              title: `Remove ${name} from ${isolated(team.displayName)}?`,
              action: `Remove ${name}`,
              text: (
                <p>
                  The role in the team{(team.roles ?? []).length > 0 && " and the roles by it"} go. The person
                  stays in the organization.
                </p>
              ),
              run: () => patch({ op: "remove", path: member }),
            })
          }
        >
          <X size={16} aria-hidden />
        </IconButton>
      )}
    </span>
  );
}
