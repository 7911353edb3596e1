"""Common English words, and common words of neighbouring languages that English does not have."""

FUNCTION = frozenset(
    """
    a about above after again against all almost along also although always am among an and another any anybody anyone
    anything are aren't around as at away back be became because become been before behind being below besides between
    both but by can can't cannot could couldn't did didn't do does doesn't doing don't done down during each either else
    enough even ever every everybody everyone everything few for from further get gets getting give given go goes going
    gone got had hadn't has hasn't have haven't having he her here hers herself him himself his how however i i'd i'll
    i'm i've if in instead into is isn't it it's its itself just least less let let's like made make makes making many
    may maybe me might mine more most much must my myself near need needs neither never no nobody none nor not nothing
    now of off often on once one only onto or other others ought our ours ourselves out over own per perhaps please put
    quite rather really same shall she should shouldn't since so some somebody someone something soon still such take
    than that that's the their theirs them themselves then there there's these they they're thing things this those
    though through till to together too toward towards under unless until unto up upon us very was wasn't we we'd we'll
    we're we've well were weren't what what's when where whether which while who who's whom whose why will with within
    without won't would wouldn't yes yet you you'd you'll you're you've your yours yourself
    """.split()
)

PREPOSITIONS = frozenset(
    """
    about above across after against along among around as at before behind below beside besides between beyond but by
    down during except for from in inside into like near of off on onto out outside over past per since than through
    throughout till to toward towards under until up upon via with within without
    """.split()
)

DETERMINERS = frozenset(
    """
    a an the my our your his her its their this that these those each every all both any some another two three four
    five six seven eight nine ten eleven twelve fifteen twenty thirty fifty
    """.split()
)

# Everyday words of work, enough to tell a short English text without function words from a foreign one.
EVERYDAY = frozenset(
    """
    attention better bigger business calm career class clean client clients colleague colleagues communication company
    confidence costs culture customer customers data day days detail development director efficiency employee
    engagement engineer experience fewer field goal goals good great greater guests happy hard health help high higher
    ideas impact job junior kind knowledge lead leader leadership life long lower management manager market meeting
    meetings motivation month months morale new office paperwork patient patients people performance plan presence
    productivity professional profile progress project projects quality question quick relationship relationships role
    safety sales satisfaction school senior service shift skill skills small staff stress strong stronger student
    students support target targets task tasks team teams teamwork technical time top training trust visibility week
    weeks appreciate arrange chat conversation date diary discuss discussion grateful guidance hour lunch meet minutes moment talk
    tomorrow work workload work-life year years young
    """.split()
)

# None of these is an English word, so a text in which they outnumber the English ones is in another language.
FOREIGN = frozenset(
    """
    aber auch auf aus bei bin bis das dass dem den der des deutsch doch durch ein eine einem einen einer eines für ganz
    gut haben ich ihr immer ist jahr jahre jede jeden jeder kann keine können lernen machen mehr mein meine meinem meinen
    meiner mit möchte müssen nach nicht noch nur oder schon sein sich sie sind soll über und uns unser unsere unter vom
    von vor wann warum werde werden wenn wer wie wieder will wir wird wo woche würde zu zum zur zwei zwischen besser
    verbessern arbeit abschließen führen
    au aux avec avoir ans année améliorer bien ce ces cette chaque comme comment dans depuis des deux donc du elle elles
    en est et être faire fois il ils je jour jusqu la le les leur lui mais meilleur mes mieux moi mois mon nous ou où par
    pas plus pour pourquoi pouvez quand que quel quelle quelles quels qui sa sans ses sont sur tous tout travail trois
    très un une vers vous vos votre équipe réussir terminer apprendre d'ici l'équipe l'année qu'est-ce
    al algo aprender año años cada como con cual cuando cuál cuándo cómo de del desde dos donde dónde el ella ellos en
    entre equipo es esta este esto está hace hacer hasta la las lo los mejor mejorar mes mi mis mucho muy más nos para
    pero por porque puede puedo que quién qué quiero se ser si sin sobre son su sus también tener tiempo todo todos
    trabajo tres tu un una usted y ya antes
    alla anche anni anno che chi ci come con cosa così da dal dalla degli dei del della delle di dove due e gli ha ho i
    il imparare in io la lavoro le lo ma mesi mi miei migliorare mio molto nel nella non ogni per perché più prima
    quale quando quattro questo sono squadra sul sulla tra tre un una uno
    ano anos até aprender às cada com como da das dele do dos ela ele em entre equipa equipe essa esta este eu foi isso
    mais mas melhor melhorar mês meu minha muito na nas no nos não nós os ou para pela pelo por porque quais qual quando
    quem são se sem seu sua também tem ter trabalho três tudo um uma você às
    aan als beter bij dan dat de deze dit dus een en er geen haar heb hebben heeft het hij hoe iedere ik is jaar je jij
    kan kunnen leren maar mag meer met mij mijn moet naar niet nog nu ons onze ook op over te tot uit van veel verbeteren
    voor waar waarom wanneer wat welke werk werken wie wil wij wordt zal ze zich zijn zou
    att av blir bli bättre den det detta ett från för förbättra gör har hur i inte jag kan lära med mer min mitt när och
    om på ska sig som till vad vara vi vill år ej
    aby ale bez być chcę co czy dla do dobrze i ich jak jako jakie jest kiedy który która lepiej lub ma mi mnie moja moje
    można mój na nauczyć nie od oraz po poprawić pracy praca przed przez rok roku się są tak to tym w we więcej z za zespół
    że
    ben bir bu çok daha da de ekip gibi her için ile iş kadar mi mı nasıl ne neden olarak olmak ve veya yıl
    bude být chci do jako jsem kdy který lépe mít mně moje na nebo než po pro protože práce roku se tým více za ze že
    """.split()
) - {
    # Words of those lists that English has too.
    "a", "an", "am", "as", "also", "at", "are", "do", "has", "he", "her", "i", "in", "is", "it", "ma", "me", "met", "mini",
    "no", "of", "on", "or", "over", "son", "so", "to", "us", "we", "will", "war", "was", "wat", "as", "bin", "den", "die",
    "dos", "due", "er", "gut", "hat", "man", "pro", "sans", "per", "plus", "pour", "par", "pan", "mag", "made", "al", "com",
    "bad", "van", "none", "come", "tout", "dove", "chi", "era", "use", "dem", "op", "ha", "ho", "ours", "sale", "or", "tu",
    "min", "om", "har", "sig", "ex", "vs", "ten", "dan", "bit", "kan", "till", "med", "nu", "vi", "io", "ben", "ca", "sin",
    "ne", "de", "la", "le", "el", "en", "et", "mi", "da", "ci", "uno", "ze", "co", "po", "na", "os", "au", "tot", "dit",
    "vara", "ans", "mes", "se", "si", "su", "ya", "tres", "ter", "tem", "lo", "las", "los", "est", "zu", "wo", "vom", "il",
    "ce", "je", "tak", "tym", "od", "w", "z", "y", "e", "te", "ik", "eu", "em",
}  # fmt: skip
