"""A district of nobody: 5 committees, 60 branches, 300 firms and 1,000 members, by a seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random

from tests.sample import invented

COMMITTEES = ("样例东洲街道党委", "样例西渚镇党委", "样例南屏镇党委", "样例北原镇党委", "样例开发区党工委")
BRANCHES_PER_COMMITTEE = 12
ENTERPRISES = 300
MEMBERS = 1_000
LINES = {
    "家具日化": ("家具", "日化", "家居"),
    "电子行业": ("电子", "光电", "钟表"),
    "机械制造": ("机械", "精工", "装备"),
    "食品饮料": ("食品", "饮料", "茶业"),
    "新兴行业": ("科技", "物流", "文创"),
    "印刷包装": ("印刷", "包装", "彩印"),
}
_GROUNDS = ("年老体弱", "重病", "残疾", "流动外出")


@dataclass(frozen=True, slots=True)
class Committee:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Group:
    code: str
    name: str
    branch: str


@dataclass(frozen=True, slots=True)
class Branch:
    """``quality`` from 0 to 1 is how well it is run: it holds its meetings and its members come."""

    code: str
    name: str
    committee: str
    form: str
    founded_on: date
    quality: float
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Enterprise:
    credit_code: str
    name: str
    trade: str
    branch: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """``diligence`` from 0 to 1 is the share of duties that the member keeps."""

    number: str
    name: str
    id_number: str | None
    phone: str | None
    joined_on: date
    branch: str
    group: str | None
    enterprise: str | None
    profile: str
    entered_on: date
    diligence: float
    ground: str | None = None
    exempt_from: date | None = None
    points: int | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """``number`` is that of a member; without one, ``name`` is a person outside the roster."""

    number: str | None
    name: str
    login: str
    role: str
    organisation: str
    from_on: date


@dataclass(frozen=True, slots=True)
class District:
    seed: int
    committees: tuple[Committee, ...]
    branches: tuple[Branch, ...]
    enterprises: tuple[Enterprise, ...]
    members: tuple[Member, ...]
    appointments: tuple[Appointment, ...]
    members_of: dict[str, tuple[Member, ...]] = field(default_factory=dict)


def make_district(seed: int) -> District:
    """The same seed gives the same district, to the last character."""
    random = Random(f"district {seed}")
    committees = tuple(Committee(f"C{n}", name) for n, name in enumerate(COMMITTEES, start=1))
    firms = _firms(random)
    branches = _branches(random, committees, firms)
    enterprises = _covered(random, firms, branches)
    members = _members(random, branches, enterprises)
    members_of = {branch.code: tuple(one for one in members if one.branch == branch.code) for branch in branches}
    appointments = _appointments(random, committees, branches, members_of)
    return District(seed, committees, branches, enterprises, members, appointments, members_of)


def _firms(random: Random) -> list[Enterprise]:
    taken: set[str] = set()
    trades = list(LINES)
    firms = []
    for serial in range(1, ENTERPRISES + 1):
        trade = trades[serial % len(trades)]
        name = invented.firm_name(random, random.choice(LINES[trade]), taken)
        firms.append(Enterprise(invented.credit_code(random, serial), name, trade, None))
    return firms


def _branches(random: Random, committees: tuple[Committee, ...], firms: list[Enterprise]) -> tuple[Branch, ...]:
    branches = []
    for place in range(len(committees) * BRANCHES_PER_COMMITTEE):
        committee = committees[place // BRANCHES_PER_COMMITTEE]
        code = f"B{place + 1:03d}"
        form = random.choices(("单独", "联合", "行业"), weights=(6, 3, 1))[0]
        trade = firms[place].trade
        if form == "单独":
            name = f"中共{firms[place].name}支部"
        elif form == "联合":
            name = f"中共{committee.name.removesuffix('党委').removesuffix('党工委')}第{place + 1}联合支部"
        else:
            name = f"中共样例{trade}第{place + 1}行业支部"
        founded = invented.day_between(random, date(2003, 1, 1), date(2022, 12, 31))
        groups: tuple[Group, ...] = ()
        if random.random() < 0.3:
            groups = tuple(Group(f"{code}-G{n}", f"第{n}党小组", code) for n in range(1, random.choice((2, 2, 3)) + 1))
        quality = round(min(1.0, max(0.2, random.gauss(0.8, 0.15))), 3)
        branches.append(Branch(code, name, committee.code, form, founded, quality, groups))
    return tuple(branches)


def _covered(random: Random, firms: list[Enterprise], branches: tuple[Branch, ...]) -> tuple[Enterprise, ...]:
    """The first firms carry the single branches; joint and trade branches cover several more; some are not covered."""
    wide = [branch.code for branch in branches if branch.form != "单独"]
    covered = []
    for place, firm in enumerate(firms):
        branch: str | None = None
        if place < len(branches):
            branch = branches[place].code
        elif random.random() < 0.55:
            branch = random.choice(wide)
        covered.append(Enterprise(firm.credit_code, firm.name, firm.trade, branch))
    return tuple(covered)


def _members(random: Random, branches: tuple[Branch, ...], enterprises: tuple[Enterprise, ...]) -> tuple[Member, ...]:
    firms_of = {branch.code: [one for one in enterprises if one.branch == branch.code] for branch in branches}
    # Each branch has at least eight; a branch with groups weighs more.
    homes = [branch for branch in branches for _ in range(8)]
    weights = [3.0 if branch.groups else 1.0 for branch in branches]
    homes += random.choices(branches, weights=weights, k=MEMBERS - len(homes))
    homes.sort(key=lambda branch: branch.code)
    taken: set[str] = set()
    members = []
    for serial, branch in enumerate(homes, start=1):
        firms = firms_of[branch.code]
        members.append(_member(random, serial, branch, random.choice(firms).credit_code if firms else None, taken))
    return tuple(members)


def _member(random: Random, serial: int, branch: Branch, enterprise: str | None, taken: set[str]) -> Member:
    born = invented.day_between(random, date(1958, 1, 1), date(2002, 12, 31))
    profile = random.choices(("普通党员", "预备党员", "流动党员"), weights=(94, 3, 3))[0]
    earliest = max(date(born.year + 20, 1, 1), branch.founded_on)
    entered_on = invented.day_between(random, earliest, date(2025, 12, 31))
    joined_on = invented.day_between(random, date(born.year + 19, 1, 1), entered_on)
    if profile == "预备党员":
        joined_on = entered_on = invented.day_between(random, date(2025, 7, 1), date(2025, 12, 31))
    elif random.random() < 0.04:
        entered_on = invented.day_between(random, date(2026, 1, 5), date(2026, 8, 31))
    id_number: str | None = invented.id_number(random, born)
    if id_number in taken or random.random() < 0.1:
        id_number = None
    taken.add(id_number or "")
    ground = exempt_from = None
    if born.year < 1970 and profile == "普通党员" and random.random() < 0.11:
        ground = random.choice(_GROUNDS[:3])
        # On the first day of a quarter, as the branch meeting decides it for the quarter to come.
        exempt_from = max(date(random.choice((2024, 2025)), random.choice((1, 4, 7, 10)), 1), entered_on)
    carried = entered_on.year < 2026 and random.random() < 0.03
    return Member(
        number=f"M{serial:04d}",
        name=invented.person_name(random),
        id_number=id_number,
        phone=invented.phone(serial) if random.random() < 0.8 else None,
        joined_on=joined_on,
        branch=branch.code,
        group=random.choice(branch.groups).code if branch.groups else None,
        enterprise=enterprise,
        profile=profile,
        entered_on=entered_on,
        diligence=_diligence(random, branch),
        ground=ground,
        exempt_from=exempt_from,
        points=random.randrange(960, 1001) if carried else None,
        reference=f"2025底册-{branch.code}-{serial:04d}" if carried else None,
    )


def is_hardly_there(member: Member) -> bool:
    """Who has been there for long, and comes to next to nothing."""
    return (
        member.diligence < 0.2
        and member.ground is None
        and member.profile == "普通党员"
        and member.entered_on < date(2025, 1, 1)
    )


def _diligence(random: Random, branch: Branch) -> float:
    """Most keep nearly everything; one in five misses some; one in twenty misses many; two in a hundred hardly come."""
    kind = random.random()
    if kind < 0.02:
        kept = random.uniform(0.0, 0.2)
    elif kind < 0.07:
        kept = random.uniform(0.4, 0.75)
    elif kind < 0.27:
        kept = random.uniform(0.78, 0.93)
    else:
        kept = random.uniform(0.95, 1.0)
    return round(kept - (1 - branch.quality) * 0.05 * (kind >= 0.07), 4)


def _appointments(
    random: Random,
    committees: tuple[Committee, ...],
    branches: tuple[Branch, ...],
    members_of: dict[str, tuple[Member, ...]],
) -> tuple[Appointment, ...]:
    since = date(2025, 1, 1)
    made = [
        Appointment(None, invented.person_name(random), login, role, "全区", since)
        for login, role in (
            ("district-1", "区两新工委工作人员"), ("district-2", "区两新工委工作人员"), ("system-admin", "系统管理员"),
            ("security-admin", "安全管理员"), ("auditor", "审计员"),
        )
    ]  # fmt: skip
    for committee in committees:
        login = f"committee-{committee.code.lower()}"
        made.append(Appointment(None, invented.person_name(random), login, "基层党委工作人员", committee.code, since))
    for branch in branches:
        made += _branch_appointments(branch, members_of[branch.code], since)
    return tuple(made)


def _branch_appointments(branch: Branch, members: tuple[Member, ...], since: date) -> list[Appointment]:
    """Three officers, the leaders of the groups, and two ordinary members with a login."""
    code = branch.code.lower()
    settled = [one for one in members if one.entered_on <= since and one.ground is None and one.profile == "普通党员"]
    absent = [one for one in settled if is_hardly_there(one)]
    settled = [one for one in settled if one not in absent]  # nobody makes an officer of them
    posts = [("secretary", "支部书记"), ("organisation", "组织委员"), ("discipline", "纪检委员")]
    made = []
    officers = settled[: len(posts)]
    for member, (login, role) in zip(officers, posts, strict=False):
        made.append(Appointment(member.number, member.name, f"{login}-{code}", role, branch.code, since))
        made.append(Appointment(member.number, member.name, f"{login}-{code}", "党员", branch.code, since))
    others = [one for one in settled if one not in officers]
    for group in branch.groups:
        leader = next((one for one in others if one.group == group.code), None)
        if leader is not None:
            login = f"leader-{group.code.lower()}"
            made.append(Appointment(leader.number, leader.name, login, "党小组长", group.code, since))
            made.append(Appointment(leader.number, leader.name, login, "党员", branch.code, since))
            others.remove(leader)
    first = branch.groups[0].code if branch.groups else None
    ordinary = sorted(others, key=lambda one: one.group != first)[:2]  # of the first leader's own group
    return made + [
        Appointment(one.number, one.name, f"member-{one.number.lower()}", "党员", branch.code, since)
        for one in (*ordinary, *absent)
    ]
