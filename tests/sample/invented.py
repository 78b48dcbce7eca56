"""Names and numbers of nobody: put together at random, and formally valid where the service checks them.

That no real person or firm can be meant: the first six digits of an id number and the region of a credit code are a
region of the national table, whose codes begin with 1 to 9; ours is 000000, which was never given out. Mobile numbers
begin with 13 to 19; ours begin with 100. Names are drawn character by character.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from stdnum.cn import ric, uscc

NO_REGION = "000000"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖"
    "范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤单解仇区查"
)
_LONG_SURNAMES = ("欧阳", "上官", "司徒", "尉迟", "诸葛", "万俟")
_GIVEN = (
    "安邦宝斌波博昌朝晨成诚承春聪达丹德栋方飞枫峰福刚光广贵国海涵航浩和恒弘鸿华辉慧吉佳家建健江杰洁金锦进晶景靖静俊凯康"
    "可兰岚乐磊丽立莲良林玲凌龙露璐曼茂梅美萌敏明铭娜楠宁培佩鹏平奇琦启谦强勤清晴庆秋群然仁荣蓉柔瑞润森珊绍诗世舒淑树双"
    "硕思松涛天婷彤威巍伟蔚文雯武熙霞贤翔晓欣新馨兴星秀旭轩雪雅妍岩彦艳燕阳洋瑶业怡宜艺益逸毅英莹盈颖永勇友宇雨玉裕远月"
    "悦云芸泽展哲真振正芝志致智忠子梓"
)
_RARE = "䶮𬭎㛃喆翀堃昉赟旻頔"
_BRANDS = "晨岚澜禾沐曜泽栩煦霖萃衡翎砺睿拓翊澄峤榕"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def person_name(random: Random) -> str:
    """A surname and one or two further characters; now and then a rare one, as real rosters have."""
    surname = random.choice(_LONG_SURNAMES) if random.random() < 0.008 else random.choice(_SURNAMES)
    given = [random.choice(_GIVEN) for _ in range(1 if random.random() < 0.22 else 2)]
    if random.random() < 0.012:
        given[-1] = random.choice(_RARE)
    return surname + "".join(given)


def firm_name(random: Random, line: str, taken: set[str]) -> str:
    """A firm's name that says that it is a sample, and that no other has."""
    while True:
        brand = "".join(random.choice(_BRANDS) for _ in range(2))
        name = f"样例{brand}{line}有限公司"
        if name not in taken:
            taken.add(name)
            return name


def credit_code(random: Random, serial: int) -> str:
    """A credit code with a right check digit, in a region that does not exist."""
    body = f"91{NO_REGION}MA" + f"{serial:04d}" + "".join(random.choice(_CREDIT_ALPHABET) for _ in range(3))
    return body + uscc.calc_check_digit(body)


def id_number(random: Random, born: date) -> str:
    """An id number with a right check digit, in a region that does not exist."""
    body = f"{NO_REGION}{born:%Y%m%d}{random.randrange(1, 1000):03d}"
    return body + ric.calc_check_digit(body + "0")


def phone(serial: int) -> str:
    """Eleven digits that no mobile number begins with."""
    return f"100{serial:08d}"


def day_between(random: Random, first: date, last: date) -> date:
    return first + timedelta(days=random.randrange((last - first).days + 1))
