"""Names of the months, full and short, in 49 languages: those of CLDR 47, and what pages write beside them.

A word that several languages share means the same month in all of them, except that Croatian names four months by words
that mean others in Polish and Czech.
"""

import re
import unicodedata

# A word in the place of a month. Combining marks are no letters to `\w`; two words are months of the Levant.
NAME = r"(?:(?:كانون|تشرين) [^\s\d,]+|[^\W\d_][^\s\d,;/()\[\]|–—]{1,20})"

_MONTHS = """
1: january jan janvier janv januar jän jänner enero ene gennaio gen janeiro januari stycznia tammikuuta ocak
كانون_الثاني جانفي janúar tammi tammikuu sty styczeń ledna led leden januára január ianuarie ian јануар јан sausio
saus sausis janvāris jaanuar jaan ιανουαρίου ιαν ιανουάριοσ oca января янв январь січня січ січень януари яну јануари
يناير ינואר ינו׳ ژانویهٔ ژانویه जनवरी जन॰ জানুয়ারী জানু ஜனவரி ஜன జనవరి జన जानेवारी जाने جنوری มกราคม มค januarie
gener urtarrila urt xaneiro xan იანვარი იან հունվարի հնվ հունվար қаңтар қаң yanvar yan студзеня сту студзень janar
januwari janyuwari
2: february feb février fevrier févr februar febr febrero febbraio fevereiro fev februari lutego şubat شباط فيفري
febrúar helmikuuta helmi helmikuu lut luty února úno únor februára február februarie фебруар феб vasario vas vasaris
februāris veebruar veebr φεβρουαρίου φεβ φεβρουάριοσ şub февраля февр февраль лютого лют лютий февруари фев فبراير
פברואר פבר׳ فوریهٔ فوریه फ़रवरी फ़र॰ ফেব্রুয়ারী ফেব பிப்ரவரி பிப் ఫిబ్రవరి ఫిబ్ర फेब्रुवारी फेब्रु فروری กุมภาพันธ์
กพ febrer otsaila ots febreiro თებერვალი თებ փետրվարի փտվ փետրվար ақпан ақп fevral лютага люты shkurt shk februwari
3: march mar mars märz maerz mär mrz marzo março maart marca mart آذار اذار mrt marts maaliskuuta maalis maaliskuu
marzec března bře březen marec március márc martie март мар kovo kov kovas märts μαρτίου μαρ μάρτιοσ μάρ марта березня
бер березень مارس מרץ मार्च মার্চ மார்ச் மார் మార్చి مارچ มีนาคม มีค maret mac machi març martxoa მარტი მარ մարտի մրտ
մարտ наурыз нау сакавіка сак сакавік mashi mas matshi mat
4: april apr avril avr abril abr aprile kwietnia nisan نيسان أفريل ابريل apríl huhtikuuta huhti huhtikuu kwi kwiecień
dubna dub duben apríla április ápr aprilie април апр balandžio bal balandis aprīlis aprill απριλίου απρ απρίλιοσ nis
апреля апрель квітня квіт квітень أبريل אפריל אפר׳ آوریل अप्रैल এপ্রিল এপ্রি ஏப்ரல் ஏப் ఏప్రిల్ ఏప్రి एप्रिल एप्रि
اپریل เมษายน เมย aprili apirila api აპრილი აპრ ապրիլի ապր ապրիլ сәуір сәу aprel красавіка кра красавік prill pri
ephreli eph epreli epr
5: may mai mayo maggio mag maio mei maj maja mayis أيار ايار maí toukokuuta touko toukokuu května kvě květen mája máj
május мај gegužės geg gegužė maijs μαΐου μαΐ μάιοσ μάι мая май травня трав травень مايو מאי مهٔ مه मई মে மே మే मे
مئی พฤษภาคม พค maig maiatza მაისი მაი մայիսի մյս մայիս мамыр мам meyi mey
6: june jun juin juni junio giugno giu junho czerwca haziran حزيران جوان júní jún kesäkuuta kesä kesäkuu cze czerwiec
června čvn červen júna június iunie iun junij јун birželio birž birželis jūnijs jūn juuni ιουνίου ιουν ιούνιοσ ιούν
haz июня июн июнь червня черв червень юни јуни يونيو יוני ژوئن जून জুন ஜூன் జూన్ جون มิถุนายน มิย junie juny ekaina
eka xuño ივნისი ივნ հունիսի հնս հունիս маусым мау iyun iyn чэрвеня чэр чэрвень qershor qer
7: july jul juillet juil juli julio luglio lug julho lipca temmuz تموز جويلية يوليوز júlí júl heinäkuuta heinä
heinäkuu lip lipiec července čvc červenec júla július iulie iul julij јул liepos liep liepa jūlijs jūl juuli ιουλίου
ιουλ ιούλιοσ ιούλ tem июля июл июль липня лип липень юли јули يوليو יולי ژوئیهٔ ژوئیه जुलाई जुल॰ জুলাই জুল ஜூலை జులై
जुलै جولائی กรกฎาคม กค julai julie juliol uztaila uzt xullo xul ივლისი ივლ հուլիսի հլս հուլիս шілде шіл iyul iyl
ліпеня ліп ліпень korrik korr julayi
8: august aug août aout agosto ago augustus augusti sierpnia ağustos آب أوت اغسطس غشت ágúst ágú elokuuta elo elokuu
sie sierpień srpna srp srpen augusta augusztus avgust avg август авг rugpjūčio rugp rugpjūtis augusts αυγούστου αυγ
αύγουστοσ αύγ ağu августа серпня серп серпень أغسطس אוגוסט אוג׳ اوت अगस्त अग॰ আগস্ট আগ ஆகஸ்ட் ஆக ఆగస్టు ఆగ ऑगस्ट ऑग
اگست สิงหาคม สค agustus agu ogos ogo agosti agost abuztua abu აგვისტო აგვ օգոստոսի օգս օգոստոս тамыз там avqust avq
жніўня жні жнівень gusht gush agasti aga
9: september sep sept septembre septiembre settembre set setembro września eylül أيلول ايلول شتنبر syyskuuta syys
syyskuu wrz wrzesień září zář septembra szeptember szept septembrie септембар сеп rugsėjo rugs rugsėjis septembris
σεπτεμβρίου σεπ σεπτέμβριοσ eyl сентября сент сентябрь вересня вер вересень септември سبتمبر ספטמבר ספט׳ سپتامبر
सितंबर सित॰ সেপ্টেম্বর সেপ செப்டம்பர் செப் సెప్టెంబర్ సెప్టెం सप्टेंबर सप्टें ستمبر กันยายน กย septemba setembre
iraila ira სექტემბერი სექ սեպտեմբերի սեպ սեպտեմբեր қыркүйек қыр sentyabr sen верасня верасень shtator sht septhemba
10: october oct octobre oktober okt octubre ottobre ott outubro października ekim تشرين_الأول اكتوبر out október
lokakuuta loka lokakuu paź październik října říj říjen októbra octombrie октобар окт spalio spal spalis oktobris
oktoober οκτωβρίου οκτ οκτώβριοσ eki октября октябрь жовтня жовт жовтень октомври أكتوبر אוקטובר אוק׳ اکتبر अक्टूबर
अक्टू॰ অক্টোবর অক্টো அக்டோபர் அக் అక్టోబర్ అక్టో ऑक्टोबर ऑक्टो اکتوبر ตุลาคม ตค oktoba urria urr ოქტომბერი ოქტ
հոկտեմբերի հոկ հոկտեմբեր қазан қаз oktyabr кастрычніка кас кастрычнік tetor tet okthoba okthobha
11: november nov novembre noviembre novembro listopada kasim تشرين_الثاني نونبر nóvember nóv marraskuuta marras
marraskuu lis listopad listopadu novembra noiembrie новембар нов lapkričio lapkr lapkritis novembris νοεμβρίου νοε
νοέμβριοσ νοέ kas ноября нояб ноябрь листопада лист листопад ноември ное نوفمبر נובמבר נוב׳ نوامبر नवंबर नव॰ নভেম্বর
নভে நவம்பர் நவ నవంబర్ నవం नोव्हेंबर नोव्हें نومبر พฤศจิกายน พย novemba azaroa aza ნოემბერი ნოე նոյեմբերի նոյ նոյեմբեր
қараша қар noyabr noy лістапада ліс лістапад nëntor nën
12: december dec décembre déc dezember dez diciembre dic dicembre dezembro grudnia aralik كانون_الأول دجنبر desember
des joulukuuta joulu joulukuu gru grudzień prosince pro prosinec decembra decembrie децембар дец gruodžio gruod
gruodis decembris detsember dets δεκεμβρίου δεκ δεκέμβριοσ ara декабря дек декабрь грудня груд грудень декември ديسمبر
דצמבר דצמ׳ دسامبر दिसंबर दिस॰ ডিসেম্বর ডিসে டிசம்பர் டிச డిసెంబర్ డిసెం डिसेंबर डिसें دسمبر ธันวาคม ธค disember dis
desemba desembre abendua abe decembro დეკემბერი დეკ դեկտեմբերի դեկ դեկտեմբեր желтоқсан жел dekabr dek снежня сне
снежань dhjetor dhj disemba
"""


def _letters(word: str) -> str:
    """The word without points, with those letters unified that differ only in case: `ı`, `İ` and `i`."""
    folded = unicodedata.normalize("NFC", word).casefold()
    return folded.replace("\u0307", "").replace("ı", "i").replace(".", "").replace("’", "'")


_NUMBERS = {
    name.replace("_", " "): int(number)
    for number, names in re.findall(r"(\d+): ([^\d]+)", _MONTHS)
    for name in names.split()
}
_CROATIAN = {"listopad": 10, "listopada": 10, "lis": 10, "lip": 6, "srp": 7}
_CROATIAN_ZONES = frozenset({"Europe/Zagreb", "Europe/Sarajevo"})
# Words of one letter that languages write together with the name: `ב` (in), `d'` (of).
_PREFIX = re.compile("^(?:ב|d')")


def month_of(word: str, zone: str) -> int | None:
    """The number of the month that a word names in a source of that IANA zone."""
    letters = _letters(word)
    if zone in _CROATIAN_ZONES and letters in _CROATIAN:
        return _CROATIAN[letters]
    return _NUMBERS.get(letters) or _NUMBERS.get(_PREFIX.sub("", letters))
